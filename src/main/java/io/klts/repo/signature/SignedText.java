package io.klts.repo.signature;

import io.klts.repo.blob.Blob;

/**
 * What was inside a clearsigned text. Read this, not the framed file: only this is proven.
 *
 * @param text the text, lines ended by LF, without blanks at the end of a line
 * @param proof who signed it and when
 */
public record SignedText(Blob text, Signed proof) {}

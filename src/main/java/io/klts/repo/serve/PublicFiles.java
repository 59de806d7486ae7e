package io.klts.repo.serve;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.http.content.HttpContent;
import org.eclipse.jetty.http.content.ResourceHttpContentFactory;
import org.eclipse.jetty.http.content.VirtualHttpContentFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ResourceService;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;

/** Jetty's handler for files, with two of its habits changed, and a type that it does not know. */
final class PublicFiles extends ResourceHandler {

  PublicFiles() {
    setEtags(true);
  }

  /**
   * Without the cache: that one answers up to a second from the past, and a file of now beside a
   * signature of a second ago is a broken repository to every client.
   */
  @Override
  protected HttpContent.Factory newHttpContentFactory() {
    MimeTypes.Mutable types = new MimeTypes.Mutable(getMimeTypes());
    types.addMimeMapping("atom", "application/atom+xml");
    HttpContent.Factory files = new ResourceHttpContentFactory(getBaseResource(), types);
    return new VirtualHttpContentFactory(files, getStyleSheet(), "text/css");
  }

  /**
   * "Not modified" is not an error here: as one it would get the errors' Cache-Control, which tells
   * caches to throw away what they just found to be fresh (RFC 9111, section 4.3.4).
   */
  @Override
  protected ResourceService newResourceService() {
    return new ResourceService() {
      @Override
      protected void writeHttpError(
          Request request, Response response, Callback callback, int status) {
        if (status == HttpStatus.NOT_MODIFIED_304) {
          response.setStatus(status);
          callback.succeeded();
        } else {
          super.writeHttpError(request, response, callback, status);
        }
      }
    };
  }
}

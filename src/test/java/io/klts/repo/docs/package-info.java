/** The pages for people are true: what they say is compared with the program. */
package io.klts.repo.docs;

package io.klts.repo.serve;

import io.klts.repo.tree.CacheRule;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Refuses all but GET and HEAD, and says how long an answer may be kept. */
final class ReadOnlyHandler extends Handler.Wrapper {

  ReadOnlyHandler(Handler files) {
    super(files);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!HttpMethod.GET.is(request.getMethod()) && !HttpMethod.HEAD.is(request.getMethod())) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      Response.writeError(request, response, callback, HttpStatus.METHOD_NOT_ALLOWED_405);
      return true;
    }
    String cacheControl = CacheRule.of(Request.getPathInContext(request));
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, cacheControl);
    return super.handle(request, response, callback);
  }
}

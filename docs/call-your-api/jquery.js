// For a page with jQuery: calls the API with an access token. The error has the status and the code of the
// reply.
function callApi(url, token) {
  return $.ajax({
    url,
    headers: { Authorization: `Bearer ${token}` },
  }).catch(({ status, responseJSON }) => {
    const { code, description } = responseJSON ?? {};
    throw Object.assign(new Error(description), { status, code });
  });
}

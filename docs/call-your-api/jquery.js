// In a page with jQuery: calls the API with an access token. What goes wrong carries the API's code.
function callApi(url, token) {
  return $.ajax({
    url,
    headers: { Authorization: `Bearer ${token}` },
  }).catch(({ status, responseJSON }) => {
    const { code, description } = responseJSON ?? {};
    throw Object.assign(new Error(description), { status, code });
  });
}

// For a page: calls the API with an access token. The error has the status and the code of the reply.
async function callApi(url, token) {
  const response = await fetch(url, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const body = await response.json();
  if (!response.ok) {
    throw Object.assign(new Error(body.description), { status: response.status, code: body.code });
  }
  return body;
}

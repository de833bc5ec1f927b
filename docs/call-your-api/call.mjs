// Calls the API at $API_URL with the access token in $TOKEN. Node.js 18 or newer.

const { API_URL, TOKEN } = process.env;

const response = await fetch(API_URL, {
  headers: { Authorization: `Bearer ${TOKEN}` },
  signal: AbortSignal.timeout(10_000),
});
console.log(await response.text());
if (!response.ok) process.exitCode = 1;

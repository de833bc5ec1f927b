#!/bin/sh
# Calls the API at $API_URL with the access token in $TOKEN.
exec curl --silent --show-error --fail-with-body "$API_URL" --header "Authorization: Bearer $TOKEN"

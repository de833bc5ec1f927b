"""Calls the API at $API_URL with the access token in $TOKEN."""

import os
import sys
from urllib.error import HTTPError
from urllib.request import Request, urlopen

request = Request(
    os.environ["API_URL"],
    headers={"Authorization": f"Bearer {os.environ['TOKEN']}"},
)
try:
    with urlopen(request, timeout=10) as response:
        print(response.read().decode())
except HTTPError as refusal:
    print(refusal.read().decode())
    sys.exit(1)

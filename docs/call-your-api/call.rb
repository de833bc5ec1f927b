# Calls the API at $API_URL with the access token in $TOKEN.

require "net/http"

url = URI(ENV.fetch("API_URL"))
response = Net::HTTP.get_response(url, "Authorization" => "Bearer #{ENV.fetch("TOKEN")}")
puts response.body
exit response.is_a?(Net::HTTPSuccess)

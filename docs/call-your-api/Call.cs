// Calls the API at $API_URL with the access token in $TOKEN. .NET 6 or newer, or Mono 6.

using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading.Tasks;

public static class Call
{
    public static int Main() => CallApi().GetAwaiter().GetResult();

    private static async Task<int> CallApi()
    {
        var url = Environment.GetEnvironmentVariable("API_URL");
        var token = Environment.GetEnvironmentVariable("TOKEN");

        using (var client = new HttpClient())
        {
            client.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Bearer", token);

            using (var response = await client.GetAsync(url))
            {
                Console.WriteLine(await response.Content.ReadAsStringAsync());
                return response.IsSuccessStatusCode ? 0 : 1;
            }
        }
    }
}

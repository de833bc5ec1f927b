// Calls the API at $API_URL with the access token in $TOKEN. Java 11 or newer: java Call.java

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

class Call {
    public static void main(String[] arguments) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("API_URL")))
            .header("Authorization", "Bearer " + System.getenv("TOKEN"))
            .timeout(Duration.ofSeconds(10))
            .build();
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(response.body());
        if (response.statusCode() != 200) {
            System.exit(1);
        }
    }
}

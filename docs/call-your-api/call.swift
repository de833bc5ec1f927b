// Calls the API at $API_URL with the access token in $TOKEN. Swift 5.7 or newer: swift call.swift

import Foundation
#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

let environment = ProcessInfo.processInfo.environment
var request = URLRequest(url: URL(string: environment["API_URL"]!)!)
request.setValue("Bearer \(environment["TOKEN"]!)", forHTTPHeaderField: "Authorization")

let (data, response) = try await URLSession.shared.data(for: request)
print(String(decoding: data, as: UTF8.self))
exit((response as? HTTPURLResponse)?.statusCode == 200 ? 0 : 1)

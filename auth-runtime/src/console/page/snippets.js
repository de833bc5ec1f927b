// A call in the languages of docs/call-your-api. Programs read the token from the environment variable
// TOKEN, so that it does not get into files and chats; code for pages has it in a variable.

/** Quotes any text for a shell. */
export const shell = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const single = (text) => `'${text.replace(/[\\']/g, "\\$&")}'`;
const double = (text) => JSON.stringify(text);
const swift = (text) => `"${text.replace(/[\\"\u0000-\u001f]/g, (c) => ({ "\\": "\\\\", '"': '\\"' })[c] ?? `\\u{${c.charCodeAt(0).toString(16)}}`)}"`;
const objective = (text) => `@"${text.replace(/[\\"\u0000-\u001f]/g, (c) => ({ "\\": "\\\\", '"': '\\"' })[c] ?? `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`)}"`;

/** Lines that are there only if the condition holds. */
const when = (condition, ...lines) => (condition ? lines : []);

function curl({ method, url, headers, body, hasToken }) {
  const parts = [
    ...when(method === "HEAD", "--head"),
    ...when(!["GET", "HEAD"].includes(method), `--request ${method}`),
    ...when(hasToken, '--header "Authorization: Bearer $TOKEN"'),
    ...headers.map(([name, value]) => `--header ${shell(`${name}: ${value}`)}`),
    ...when(body !== undefined, `--data-raw ${shell(body ?? "")}`),
  ];
  return [`curl --include ${shell(url.href)}`, ...parts].join(" \\\n  ");
}

function csharp({ method, url, headers, body, hasToken }) {
  const isOfContent = ([name]) => /^content-/i.test(name);
  const type = headers.find(([name]) => /^content-type$/i.test(name))?.[1];
  return [
    "using System;", "using System.Net.Http;", "", "var client = new HttpClient();",
    `var request = new HttpRequestMessage(new HttpMethod(${double(method)}), ${double(url.href)});`,
    ...when(hasToken, 'request.Headers.Add("Authorization", "Bearer " + Environment.GetEnvironmentVariable("TOKEN"));'),
    ...headers.filter((header) => !isOfContent(header)).map(([name, value]) => `request.Headers.TryAddWithoutValidation(${double(name)}, ${double(value)});`),
    ...when(body !== undefined, `request.Content = new StringContent(${double(body ?? "")});`),
    ...when(body !== undefined && type,
      'request.Content.Headers.Remove("Content-Type");',
      `request.Content.Headers.TryAddWithoutValidation("Content-Type", ${double(type ?? "")});`),
    "var response = await client.SendAsync(request);",
    "Console.WriteLine((int)response.StatusCode);",
    "Console.WriteLine(await response.Content.ReadAsStringAsync());",
  ].join("\n");
}

function go({ method, url, headers, body, hasToken }) {
  const reader = body === undefined ? "nil" : `strings.NewReader(${double(body)})`;
  return [
    "package main", "", "import (", '\t"fmt"', '\t"io"', '\t"log"', '\t"net/http"',
    ...when(hasToken, '\t"os"'), ...when(body !== undefined, '\t"strings"'), ")", "",
    "func main() {",
    `\trequest, err := http.NewRequest(${double(method)}, ${double(url.href)}, ${reader})`,
    "\tif err != nil {", "\t\tlog.Fatal(err)", "\t}",
    ...when(hasToken, '\trequest.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))'),
    ...headers.map(([name, value]) => `\trequest.Header.Set(${double(name)}, ${double(value)})`),
    "\tresponse, err := http.DefaultClient.Do(request)",
    "\tif err != nil {", "\t\tlog.Fatal(err)", "\t}", "\tdefer response.Body.Close()",
    "\tbody, err := io.ReadAll(response.Body)",
    "\tif err != nil {", "\t\tlog.Fatal(err)", "\t}",
    "\tfmt.Println(response.Status)", "\tfmt.Println(string(body))", "}",
  ].join("\n");
}

function java({ method, url, headers, body, hasToken }) {
  const publisher = body === undefined ? "noBody()" : `ofString(${double(body)})`;
  return [
    "import java.net.URI;", "import java.net.http.HttpClient;", "import java.net.http.HttpRequest;", "import java.net.http.HttpResponse;", "",
    "public class Call {", "    public static void main(String[] args) throws Exception {",
    `        var request = HttpRequest.newBuilder(URI.create(${double(url.href)}))`,
    `            .method(${double(method)}, HttpRequest.BodyPublishers.${publisher})`,
    ...when(hasToken, '            .header("Authorization", "Bearer " + System.getenv("TOKEN"))'),
    ...headers.map(([name, value]) => `            .header(${double(name)}, ${double(value)})`),
    "            .build();",
    "        var response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());",
    "        System.out.println(response.statusCode());", "        System.out.println(response.body());", "    }", "}",
  ].join("\n");
}

function fetchOptions({ method, headers, body, hasToken }, token) {
  const all = [...when(hasToken, `    Authorization: \`Bearer \${${token}}\`,`), ...headers.map(([name, value]) => `    ${double(name)}: ${double(value)},`)];
  return [
    ...when(method !== "GET", `  method: ${double(method)},`),
    ...when(all.length, "  headers: {", ...all, "  },"),
    ...when(body !== undefined, `  body: ${double(body ?? "")},`),
  ];
}

const browserFetch = (call) => [
  `const response = await fetch(${double(call.url.href)}, {`, ...fetchOptions(call, "token"), "});",
  "console.log(response.status, await response.text());",
].join("\n");

const node = (call) => [
  ...when(call.hasToken, "const { TOKEN } = process.env;", ""),
  `const response = await fetch(${double(call.url.href)}, {`, ...fetchOptions(call, "TOKEN"), "});",
  "console.log(response.status, await response.text());",
].join("\n");

function jquery({ method, url, headers, body, hasToken }) {
  const type = headers.find(([name]) => /^content-type$/i.test(name))?.[1];
  const others = headers.filter(([name]) => !/^content-type$/i.test(name));
  const all = [...when(hasToken, "    Authorization: `Bearer ${token}`,"), ...others.map(([name, value]) => `    ${double(name)}: ${double(value)},`)];
  return [
    "$.ajax({", `  url: ${double(url.href)},`, ...when(method !== "GET", `  method: ${double(method)},`),
    ...when(all.length, "  headers: {", ...all, "  },"),
    ...when(type, `  contentType: ${double(type ?? "")},`),
    ...when(body !== undefined, `  data: ${double(body ?? "")},`, "  processData: false,"),
    '  dataType: "text",',
    "}).always((a, _, b) => {", "  const reply = a.status ? a : b;", "  console.log(reply.status, reply.responseText);", "});",
  ].join("\n");
}

function objectiveC({ method, url, headers, body, hasToken }) {
  return [
    "#import <Foundation/Foundation.h>", "", "int main(void) {", "    @autoreleasepool {",
    `        NSURL *url = [NSURL URLWithString:${objective(url.href)}];`,
    "        NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:url];",
    `        request.HTTPMethod = ${objective(method)};`,
    ...when(hasToken,
      '        NSString *bearer = [@"Bearer " stringByAppendingString:NSProcessInfo.processInfo.environment[@"TOKEN"]];',
      '        [request setValue:bearer forHTTPHeaderField:@"Authorization"];'),
    ...headers.map(([name, value]) => `        [request setValue:${objective(value)} forHTTPHeaderField:${objective(name)}];`),
    ...when(body !== undefined, `        request.HTTPBody = [${objective(body ?? "")} dataUsingEncoding:NSUTF8StringEncoding];`),
    "        dispatch_semaphore_t done = dispatch_semaphore_create(0);",
    "        [[NSURLSession.sharedSession dataTaskWithRequest:request",
    "            completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {",
    '                NSLog(@"%ld %@", (long)((NSHTTPURLResponse *)response).statusCode,',
    "                      [[NSString alloc] initWithData:data encoding:NSUTF8StringEncoding]);",
    "                dispatch_semaphore_signal(done);", "            }] resume];",
    "        dispatch_semaphore_wait(done, DISPATCH_TIME_FOREVER);", "    }", "}",
  ].join("\n");
}

function php({ method, url, headers, body, hasToken }) {
  const all = [...when(hasToken, "        'Authorization: Bearer ' . getenv('TOKEN'),"), ...headers.map(([name, value]) => `        ${single(`${name}: ${value}`)},`)];
  return [
    "<?php", `$curl = curl_init(${single(url.href)});`, "curl_setopt_array($curl, [",
    ...when(method === "HEAD", "    CURLOPT_NOBODY => true,"),
    ...when(method !== "HEAD", `    CURLOPT_CUSTOMREQUEST => ${single(method)},`),
    ...when(all.length, "    CURLOPT_HTTPHEADER => [", ...all, "    ],"),
    ...when(body !== undefined, `    CURLOPT_POSTFIELDS => ${single(body ?? "")},`),
    "    CURLOPT_RETURNTRANSFER => true,", "]);",
    "$body = curl_exec($curl);", "echo curl_getinfo($curl, CURLINFO_RESPONSE_CODE), PHP_EOL, $body, PHP_EOL;",
  ].join("\n");
}

function python({ method, url, headers, body, hasToken }) {
  const all = [...when(hasToken, "        \"Authorization\": f\"Bearer {os.environ['TOKEN']}\","), ...headers.map(([name, value]) => `        ${double(name)}: ${double(value)},`)];
  return [
    ...when(hasToken, "import os"), "from urllib.error import HTTPError", "from urllib.request import Request, urlopen", "",
    "request = Request(", `    ${double(url.href)},`, `    method=${double(method)},`,
    ...when(all.length, "    headers={", ...all, "    },"),
    ...when(body !== undefined, `    data=${double(body ?? "")}.encode(),`), ")",
    "try:", "    reply = urlopen(request)", "except HTTPError as refusal:", "    reply = refusal",
    "print(reply.status)", "print(reply.read().decode())",
  ].join("\n");
}

function ruby({ method, url, headers, body, hasToken }) {
  const all = [...when(hasToken, '  "Authorization" => "Bearer #{ENV.fetch("TOKEN")}",'), ...headers.map(([name, value]) => `  ${single(name)} => ${single(value)},`)];
  return [
    'require "net/http"', "", `url = URI(${single(url.href)})`,
    `request = Net::HTTP.const_get(${single(method.charAt(0) + method.slice(1).toLowerCase())}).new(url${all.length ? ", {" : ""}`,
    ...when(all.length, ...all, "})"), ...when(!all.length, ")"),
    ...when(body !== undefined, `request.body = ${single(body ?? "")}`),
    'reply = Net::HTTP.start(url.host, url.port, use_ssl: url.scheme == "https") { |http| http.request(request) }',
    "puts reply.code, reply.body",
  ].join("\n").replace("new(url\n)", "new(url)");
}

function swiftCode({ method, url, headers, body, hasToken }) {
  return [
    "import Foundation", "#if canImport(FoundationNetworking)", "import FoundationNetworking", "#endif", "",
    `var request = URLRequest(url: URL(string: ${swift(url.href)})!)`, `request.httpMethod = ${swift(method)}`,
    ...when(hasToken, 'request.setValue("Bearer \\(ProcessInfo.processInfo.environment["TOKEN"]!)", forHTTPHeaderField: "Authorization")'),
    ...headers.map(([name, value]) => `request.setValue(${swift(value)}, forHTTPHeaderField: ${swift(name)})`),
    ...when(body !== undefined, `request.httpBody = Data(${swift(body ?? "")}.utf8)`),
    "let (data, response) = try await URLSession.shared.data(for: request)",
    'print((response as! HTTPURLResponse).statusCode, String(decoding: data, as: UTF8.self))',
  ].join("\n");
}

export const LANGUAGES = [
  { id: "curl", name: "curl", write: curl },
  { id: "csharp", name: "C#", write: csharp },
  { id: "go", name: "Go", write: go },
  { id: "java", name: "Java", write: java },
  { id: "fetch", name: "JavaScript in a page", write: browserFetch },
  { id: "jquery", name: "JavaScript with jQuery", write: jquery },
  { id: "node", name: "Node.js", write: node },
  { id: "objective-c", name: "Objective-C", write: objectiveC },
  { id: "php", name: "PHP", write: php },
  { id: "python", name: "Python", write: python },
  { id: "ruby", name: "Ruby", write: ruby },
  { id: "swift", name: "Swift", write: swiftCode },
];

/**
 * The address by RFC 3986. Browsers also send braces and brackets as they are, which curl takes for a list
 * of addresses, and which Java and Ruby refuse.
 */
function strict({ origin, pathname, search }) {
  return { href: origin + `${pathname}${search}`.replace(/[{}[\]|^`\\]/g, encodeURIComponent) };
}

/** The call in this language. */
export const snippet = (id, call) =>
  LANGUAGES.find((language) => language.id === id).write({ ...call, url: strict(call.url) });

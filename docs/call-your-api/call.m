// Calls the API at $API_URL with the access token in $TOKEN.
// clang -fobjc-arc -framework Foundation call.m -o call && ./call

#import <Foundation/Foundation.h>

int main(void) {
    @autoreleasepool {
        NSDictionary<NSString *, NSString *> *environment = NSProcessInfo.processInfo.environment;
        NSURL *url = [NSURL URLWithString:environment[@"API_URL"]];
        NSMutableURLRequest *request = [NSMutableURLRequest requestWithURL:url];
        NSString *bearer = [NSString stringWithFormat:@"Bearer %@", environment[@"TOKEN"]];
        [request setValue:bearer forHTTPHeaderField:@"Authorization"];

        dispatch_semaphore_t done = dispatch_semaphore_create(0);
        __block int result = 1;
        NSURLSessionDataTask *task = [NSURLSession.sharedSession
            dataTaskWithRequest:request
              completionHandler:^(NSData *data, NSURLResponse *response, NSError *error) {
                if (error) {
                    fprintf(stderr, "%s\n", error.localizedDescription.UTF8String);
                } else {
                    NSString *body = [[NSString alloc] initWithData:data encoding:NSUTF8StringEncoding];
                    printf("%s\n", body.UTF8String);
                    result = ((NSHTTPURLResponse *)response).statusCode == 200 ? 0 : 1;
                }
                dispatch_semaphore_signal(done);
              }];
        [task resume];
        dispatch_semaphore_wait(done, DISPATCH_TIME_FOREVER);
        return result;
    }
}

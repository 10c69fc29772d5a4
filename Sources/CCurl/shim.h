#pragma once
// Swift cannot call variadic C functions: one inline function for each type of argument that is used.
#define CURL_DISABLE_TYPECHECK
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static inline CURLcode lorad_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lorad_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lorad_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

// For write and header callbacks, which have one signature.
static inline CURLcode lorad_curl_set_sink(CURL *handle, CURLoption option, curl_write_callback value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lorad_curl_set_open_socket(CURL *handle, curl_opensocket_callback value) {
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

static inline CURLcode lorad_curl_set_context(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode lorad_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode lorad_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

// The IP address that is about to be connected to, in network order: 4 or 16 bytes, their count returned; 0 for any
// other family or a truncated address.
static inline int lorad_curl_address(const struct curl_sockaddr *address, unsigned char bytes[16]) {
    const void *start = &address->addr;
    if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
        memcpy(bytes, &((const struct sockaddr_in *)start)->sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
        memcpy(bytes, &((const struct sockaddr_in6 *)start)->sin6_addr, 16);
        return 16;
    }
    return 0;
}

static inline curl_socket_t lorad_curl_socket(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The IP address that a URL's host is, in any spelling that connecting would understand (`0x7f.1`, `017700000001`, `::1`);
// 0 for a name. Nothing is looked up.
static inline int lorad_literal_address(const char *host, unsigned char bytes[16]) {
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM}, *found = NULL;
    if (getaddrinfo(host, NULL, &hints, &found) != 0 || found == NULL) return 0;
    int count = 0;
    if (found->ai_family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)found->ai_addr)->sin_addr, count = 4);
    } else if (found->ai_family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)found->ai_addr)->sin6_addr, count = 16);
    }
    freeaddrinfo(found);
    return count;
}

// Where this libcurl looks for the certificates of authorities; NULL where it was built without such a place.
static inline const char *lorad_curl_certificate_file(void) { return curl_version_info(CURLVERSION_NOW)->cainfo; }

static inline const char *lorad_curl_certificate_folder(void) { return curl_version_info(CURLVERSION_NOW)->capath; }

#include "platform/http/curl_transfer.hpp"

#include <algorithm>
#include <string_view>

namespace holdline::platform {
namespace {

constexpr std::size_t max_header_bytes = 64 * 1024;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

// libcurl borrows the bytes: they must live as long as the handle.
curl_blob borrow(const std::string& bytes) { return {const_cast<char*>(bytes.data()), bytes.size(), CURL_BLOB_NOCOPY}; }

curl_off_t info(CURL* easy, CURLINFO what) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, what, &value);
  return value;
}

Error error(ErrorKind kind, std::string_view code, std::string message) {
  return Error{kind, std::string(code), std::move(message)};
}

}  // namespace

CurlLibrary::CurlLibrary() { curl_global_init(CURL_GLOBAL_DEFAULT); }
CurlLibrary::~CurlLibrary() { curl_global_cleanup(); }

CurlTransfer::CurlTransfer(const HttpClientOptions& options, PinnedTrust* pin, HttpClientRequest request)
    : options_(options), pin_(pin), request_(std::move(request)), easy_(curl_easy_init()) {
  if (!easy_) throw std::bad_alloc();
}

CurlTransfer::~CurlTransfer() {
  easy_.reset();
  curl_slist_free_all(header_list_);
}

template <class Value>
void CurlTransfer::set(CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
  if (setup_ == CURLE_OK) setup_ = code;
}

Result<void> CurlTransfer::prepare() {
  if (!is_safe_header(request_.method, "") || request_.url.empty())
    return fail(ErrorKind::ask_person, "bad-request", "The request has no valid method or address.");
  set(CURLOPT_ERRORBUFFER, detail_.data());
  set(CURLOPT_URL, request_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, options_.allow_plain_http ? "http,https" : "https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, options_.proxy.c_str());  // "" also switches the environment's proxy off
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // never wait for a resolver thread
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  if (request_.timeout_for == TimeoutFor::everything)
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, request_.timeout.count())));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_response_bytes));
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_PRIVATE, this);
  if (request_.connect_only) set(CURLOPT_CONNECT_ONLY, 1L);
  set_method();
  set_tls();
  HOLDLINE_TRY(set_headers());
  if (setup_ != CURLE_OK)
    return fail(ErrorKind::ask_person, "bad-request",
                std::string("The request could not be set up: ") + curl_easy_strerror(setup_) + ".");
  return {};
}

void CurlTransfer::set_method() {
  const bool has_body = !request_.body.empty() || request_.method == "POST" || request_.method == "PUT";
  if (has_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.data());
  }
  if (request_.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request_.method != (has_body ? "POST" : "GET")) {
    set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  }
}

void CurlTransfer::set_tls() {
  set(CURLOPT_SSLVERSION,
      static_cast<long>(options_.allow_tls_1_2 ? CURL_SSLVERSION_TLSv1_2 : CURL_SSLVERSION_TLSv1_3));
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(CURLOPT_CAINFO, static_cast<const char*>(nullptr));  // never the system's public authorities
  set(CURLOPT_SSL_CTX_FUNCTION, &CurlTransfer::on_tls_context);
  set(CURLOPT_SSL_CTX_DATA, this);
  if (!pin_ && !options_.trust.ca_pem.empty()) {
    curl_blob authorities = borrow(options_.trust.ca_pem);
    set(CURLOPT_CAINFO_BLOB, &authorities);
  }
  if (options_.identity.chain_pem.empty()) return;
  curl_blob certificate = borrow(options_.identity.chain_pem);
  curl_blob key = borrow(options_.identity.key_pem);
  set(CURLOPT_SSLCERTTYPE, "PEM");
  set(CURLOPT_SSLCERT_BLOB, &certificate);
  set(CURLOPT_SSLKEYTYPE, "PEM");
  set(CURLOPT_SSLKEY_BLOB, &key);
}

Result<void> CurlTransfer::set_headers() {
  const auto add = [this](const std::string& line) {
    curl_slist* const longer = curl_slist_append(header_list_, line.c_str());
    if (!longer) throw std::bad_alloc();
    header_list_ = longer;
  };
  add("Expect:");  // libcurl would otherwise wait up to a second before it sends a large body
  for (const auto& [name, value] : request_.headers) {
    if (!is_safe_header(name, value))
      return fail(ErrorKind::ask_person, "bad-request",
                  "A header of the request holds characters that cannot be sent.");
    add(value.empty() ? name + ";" : name + ": " + value);
  }
  set(CURLOPT_HTTPHEADER, header_list_);
  return {};
}

CURLcode CurlTransfer::on_tls_context(CURL*, void* context, void* self) {
  const auto& transfer = *static_cast<CurlTransfer*>(self);
  auto* const tls = static_cast<SSL_CTX*>(context);
  if (transfer.pin_) transfer.pin_->install(tls);
  if (transfer.options_.trust.has_passed) verify_no_earlier_than(tls, transfer.options_.trust.has_passed());
  return CURLE_OK;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  std::string& body = transfer.response_.body;
  if (size > transfer.request_.max_response_bytes - body.size()) {
    transfer.too_large_ = true;
    return size + 1;  // anything but `size` ends the transfer
  }
  if (body.empty()) {
    const curl_off_t announced = info(transfer.handle(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
    if (announced > 0)
      body.reserve(std::min(static_cast<std::size_t>(announced), transfer.request_.max_response_bytes));
  }
  body.append(data, size);
  return size;
}

std::size_t CurlTransfer::on_header(char* data, std::size_t, std::size_t size, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  transfer.header_bytes_ += size;
  if (transfer.header_bytes_ > max_header_bytes) {
    transfer.too_large_ = true;
    return size + 1;
  }
  const std::string_view line(data, size);
  // A proxy's answer or "100 Continue" comes before the real one, with headers of its own.
  if (line.starts_with("HTTP/")) transfer.response_.headers.clear();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  const auto [slot, fresh] = transfer.response_.headers.try_emplace(lower(line.substr(0, colon)));
  if (!fresh) slot->second += ", ";
  slot->second.append(trim(line.substr(colon + 1)));
  return size;
}

bool CurlTransfer::stalled(std::chrono::steady_clock::time_point now, std::chrono::milliseconds limit) {
  const curl_off_t sent = info(handle(), CURLINFO_SIZE_UPLOAD_T);
  const curl_off_t received = info(handle(), CURLINFO_SIZE_DOWNLOAD_T);
  const bool connected = info(handle(), CURLINFO_PRETRANSFER_TIME_T) > 0;
  const bool in_body = connected && (received > 0 || sent < static_cast<curl_off_t>(request_.body.size()));
  // Between the two the server works, which for a long poll is its right; connecting has a limit of its own.
  const bool waits = connected && !in_body && request_.timeout_for == TimeoutFor::answer;
  if ((!in_body && !waits) || sent + received != moved_ || moved_at_ == std::chrono::steady_clock::time_point{}) {
    moved_ = sent + received;
    moved_at_ = now;
    return false;
  }
  return now - moved_at_ >= (waits ? request_.timeout : limit);
}

Result<HttpClientResponse> CurlTransfer::finish(CURLcode code) {
  if (code != CURLE_OK) return tl::unexpected<Error>(error_of(code));
  long status = 0;
  curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  return std::move(response_);
}

Error CurlTransfer::error_of(CURLcode code) const {
  if (too_large_) code = CURLE_FILESIZE_EXCEEDED;
  long os_error = 0;
  curl_easy_getinfo(handle(), CURLINFO_OS_ERRNO, &os_error);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return error(ErrorKind::retry_later, "unreachable",
                   "The server's name could not be resolved. Is the network up?");
    case CURLE_COULDNT_CONNECT:
      if (os_error == EACCES || os_error == EPERM)
        return error(ErrorKind::ask_person, "permission", "No permission to connect. Ask an administrator for access.");
      // Its computer answered, so the road to it is good.
      if (os_error == ECONNREFUSED)
        return error(ErrorKind::retry_later, "connection-refused",
                     "The server's computer answers, and nothing serves at its port: the server is not running.");
      return error(ErrorKind::retry_later, "unreachable", "The server does not answer at its address.");
    case CURLE_OPERATION_TIMEDOUT:
      return error(ErrorKind::retry_later, "timeout", "The server did not answer in time.");
    case CURLE_FILESIZE_EXCEEDED:
      return error(ErrorKind::ask_person, "too-large", "The server's answer is larger than was asked for.");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return error(ErrorKind::ask_person, "bad-request", "The server's address is not valid, or not https.");
    case CURLE_SSL_CERTPROBLEM:
      return error(ErrorKind::ask_person, "tls-client-rejected",
                   "This computer's certificate or key cannot be used. Enrol it again.");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return tls_error(code);
    default:
      return error(ErrorKind::retry_later, "connection-lost",
                   std::string("The connection to the server broke (") + curl_easy_strerror(code) + ").");
  }
}

// With TLS 1.3 the server checks our certificate after our side of the handshake is over: its refusal arrives as an
// alert in place of the answer, and libcurl tells it only in words (those of OpenSSL's reason table).
Error CurlTransfer::tls_error(CURLcode code) const {
  const std::string_view detail(detail_.data());
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    long verified = X509_V_OK;
    curl_easy_getinfo(handle(), CURLINFO_SSL_VERIFYRESULT, &verified);
    // libcurl compares the name before it stores the result of a good chain and leaves its initial 1.
    return untrusted_server(verified == X509_V_ERR_UNSPECIFIED ? X509_V_OK : verified);
  }
  if (contains(detail, " alert ")) {
    for (const auto* about_us : {"alert unknown ca", "certificate", "alert access denied"})
      if (contains(detail, about_us))
        return error(
            ErrorKind::ask_person, "tls-client-rejected",
            "The server refused this computer's certificate: it comes from another authority, as after the server was "
            "set up anew. Ask its administrator for a code to enrol this computer again; what waits here is kept.");
    return error(ErrorKind::ask_person, "tls-failed",
                 "The server ended the TLS handshake. Is it a Holdline server that speaks TLS 1.3?");
  }
  if (code == CURLE_SSL_CONNECT_ERROR && contains(detail, "error:"))
    return error(ErrorKind::ask_person, "tls-failed",
                 "What answers at the server's address does not speak TLS 1.3. Check address, port and proxy.");
  return error(ErrorKind::retry_later, "connection-lost",
               "The connection to the server broke before its answer was complete.");
}

}  // namespace holdline::platform

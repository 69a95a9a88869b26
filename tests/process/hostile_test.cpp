// What an enrolled but hostile workstation can do to the hub over its real endpoint: nothing but be refused.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <zstd.h>

#include <charconv>
#include <random>

#include "platform/http/unix_client.hpp"
#include "sync/wire/compress.hpp"
#include "sync/wire/message.hpp"
#include "tests/process/support/centre.hpp"

namespace holdline::process {
namespace {

constexpr std::size_t mebibyte = 1024 * 1024;

// The workstation's key in other hands.
class Attacker {
 public:
  Attacker(const Hub& hub, const Desk& desk) : url_("https://127.0.0.1:" + std::to_string(hub.port())), desk_(desk) {
    options_.trust.ca_pem = read_text(desk.directory() / "ca.pem");
    options_.identity = {read_text(desk.directory() / "device.pem"), read_text(desk.directory() / "device.pem")};
  }

  // The status of the answer; 0 when the hub closed the connection instead.
  int post(std::string_view path, std::string body) const {
    platform::HttpClientRequest request;
    request.method = "POST";
    request.url = url_ + std::string(path);
    request.body = std::move(body);
    const auto answer = platform::request_over_https(options_, std::move(request));
    if (answer) return answer->status;
    EXPECT_EQ(answer.error().code, "connection-lost") << answer.error().message;
    return 0;
  }

  // Sends bytes of its own choice over TLS; everything that comes back until the hub closes. With `ends` it says first
  // that it has no more. Not otherwise: what a server has not read when it closes costs the client the answer.
  std::string send(const std::string& port, const std::string& bytes, bool ends) const {
    const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_use_certificate_chain_file(context.get(), (desk_.directory() / "device.pem").c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), (desk_.directory() / "device.pem").c_str(), SSL_FILETYPE_PEM);
    const std::unique_ptr<BIO, void (*)(BIO*)> connection(BIO_new_ssl_connect(context.get()), BIO_free_all);
    BIO_set_conn_hostname(connection.get(), ("127.0.0.1:" + port).c_str());
    if (BIO_do_handshake(connection.get()) != 1) throw std::runtime_error("no TLS connection to the hub");
    if (BIO_write(connection.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) return {};
    if (ends) BIO_ssl_shutdown(connection.get());
    std::string answer;
    std::array<char, 4096> block;
    for (int got; (got = BIO_read(connection.get(), block.data(), block.size())) > 0;)
      answer.append(block.data(), static_cast<std::size_t>(got));
    return answer;
  }

 private:
  std::string url_;
  const Desk& desk_;
  platform::HttpClientOptions options_;
};

// Most memory the process ever had in use, in bytes.
std::size_t peak_memory(pid_t pid) {
  const std::string status = read_text("/proc/" + std::to_string(pid) + "/status");
  const auto at = status.find("VmHWM:");
  std::size_t kib = 0;
  const auto digits = status.find_first_of("0123456789", at);
  std::from_chars(status.data() + digits, status.data() + status.size(), kib);
  return kib * 1024;
}

class HostileWorkstation : public ::testing::Test {
 protected:
  HostileWorkstation() {
    desk_.wait_for("online");
    memory_before_ = peak_memory(centre_.hub().daemon().pid());
  }
  // The hub is the same process, has taken no memory to speak of, and still serves.
  void TearDown() override {
    EXPECT_TRUE(centre_.hub().daemon().runs()) << centre_.hub().daemon().log();
    EXPECT_LT(peak_memory(centre_.hub().daemon().pid()), memory_before_ + 48 * mebibyte);
    desk_.add_entry("afterwards");
    desk_.wait_for("drained");
    desk_.wait_until_equal_to(centre_.hub());
  }
  static bool is_refusal(int status) { return status == 0 || (status >= 400 && status < 500); }
  std::string send(const std::string& bytes, bool ends = false) {
    return attacker_.send(std::to_string(centre_.hub().port()), bytes, ends);
  }

  Centre centre_;
  Desk& desk_ = centre_.add_desk("desk-1");
  Attacker attacker_{centre_.hub(), desk_};
  std::size_t memory_before_ = 0;
};

// `size` zero bytes as a frame of the protocol; zstd makes them 30,000 times smaller.
std::string bomb(std::size_t size, bool with_size) {
  const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx*)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
  if (with_size) ZSTD_CCtx_setPledgedSrcSize(context.get(), size);
  std::string frame(1, '\0');
  const std::string zeros(mebibyte, '\0');
  std::string out(ZSTD_CStreamOutSize(), '\0');
  for (std::size_t done = 0; done < size; done += zeros.size()) {
    const bool last = done + zeros.size() >= size;
    ZSTD_inBuffer input{zeros.data(), zeros.size(), 0};
    for (bool more = true; more;) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      const auto left = ZSTD_compressStream2(context.get(), &output, &input, last ? ZSTD_e_end : ZSTD_e_continue);
      frame.append(out, 0, output.pos);
      more = last ? left != 0 : input.pos < input.size;
    }
  }
  return frame;
}

TEST_F(HostileWorkstation, ACompressedBombIsRefusedWithoutTakingItsMemory) {
  for (const bool with_size : {true, false}) {
    const std::string frame = bomb(256 * mebibyte, with_size);
    ASSERT_LT(frame.size(), 64'000U);
    EXPECT_EQ(attacker_.post(sync::path::push, frame), 422);
  }
  // Within what a message may have, but of nothing: the content is refused then.
  EXPECT_EQ(attacker_.post(sync::path::push, bomb(4 * mebibyte, true)), 422);
}

TEST_F(HostileWorkstation, ABodyAboveTheLimitIsRefused) {
  EXPECT_TRUE(is_refusal(attacker_.post(sync::path::push, std::string(16 * mebibyte, 'x'))));
  const std::string head = "POST /sync/v1/push HTTP/1.1\r\nHost: hub\r\n";
  EXPECT_TRUE(send(head + "Content-Length: 18446744073709551615\r\n\r\n").starts_with("HTTP/1.1 4"));
  EXPECT_TRUE(send(head + "Content-Length: 104857600\r\n\r\n").starts_with("HTTP/1.1 413"));
}

TEST_F(HostileWorkstation, AnEndlessChunkedBodyIsCutOff) {
  std::string request = "POST /sync/v1/push HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 64; ++i) request += "40000\r\n" + std::string(0x40000, 'x') + "\r\n";
  const std::string answer = send(request);
  EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 413")) << answer.substr(0, 80);
}

TEST_F(HostileWorkstation, LengthsThatLieAreRefused) {
  const std::string head = "POST /sync/v1/hello HTTP/1.1\r\nHost: hub\r\n";
  // Fewer bytes than announced: there is no request to answer.
  EXPECT_EQ(send(head + "Content-Length: 60000\r\n\r\n{}", true), "");
  // More bytes than announced begin another request, which is none.
  EXPECT_NE(send(head + "Content-Length: 2\r\n\r\n{}" + std::string(100, '\x01')).find("HTTP/1.1 400"),
            std::string::npos);
  for (const char* length : {"-1", "2, 3", "0x10", "1e3", "99999999999999999999999"})
    EXPECT_TRUE(send(head + "Content-Length: " + length + "\r\n\r\n{}").starts_with("HTTP/1.1 4")) << length;
  EXPECT_TRUE(send(head + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}").starts_with("HTTP/1.1 4"));
  EXPECT_TRUE(
      send(head + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n").starts_with("HTTP/1.1 4"));
}

TEST_F(HostileWorkstation, MessagesWithTruncatedOrOversizedLengthsAreRefused) {
  sync::Compressor compressor;
  std::mt19937_64 draw{1};
  std::vector<std::string> bodies{"", std::string(1, '\0'), std::string(8, '\xff'), std::string(60'000, '\xff')};
  for (std::size_t i = 0; i < 300; ++i) {
    std::string body(draw() % 200, '\0');
    // Large numbers where counts and lengths stand are what breaks careless readers.
    for (char& byte : body) byte = static_cast<char>(draw() % 3 == 0 ? 0xff : draw() % 256);
    bodies.push_back(std::move(body));
  }
  for (const std::string& body : bodies) {
    EXPECT_EQ(attacker_.post(sync::path::push, compressor.compress(body, nullptr)), 422);
  }
  for (const auto path :
       {sync::path::hello, sync::path::pull, sync::path::compare, sync::path::leaves, sync::path::repair})
    for (const std::string& body : {std::string("{"), std::string("[]"), std::string(40'000, '['), bodies[3],
                                    std::string(R"({"lanes":[{"number":-1}]})")})
      EXPECT_TRUE(is_refusal(attacker_.post(path, body))) << path;
}

}  // namespace
}  // namespace holdline::process

// What somebody without a certificate can do to the hub over the network: be refused, and keep nobody out. They come
// from an address of their own, as they do where there is more than one machine.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include "platform/os/fd.hpp"
#include "tests/process/support/centre.hpp"
#include "tests/support/machine.hpp"

namespace holdline::process {
namespace {

platform::Fd connect_from_elsewhere(std::uint16_t port) {
  return platform::Fd(machine::connect_from("127.0.0.2", port));
}

// Does something again and again until the test is over.
class Meanwhile {
 public:
  explicit Meanwhile(std::function<void()> work)
      : thread_([this, work = std::move(work)] {
          while (!over_) work();
        }) {}
  ~Meanwhile() {
    over_ = true;
    thread_.join();
  }
  Meanwhile(const Meanwhile&) = delete;

 private:
  std::atomic<bool> over_ = false;
  std::thread thread_;
};

// One attempt to enrol with a code the hub never gave, over a connection of its own. True when it was answered.
bool try_code(SSL_CTX* context, std::uint16_t port, const std::string& request) {
  const platform::Fd fd = connect_from_elsewhere(port);
  if (fd.get() < 0) return false;
  const std::unique_ptr<SSL, void (*)(SSL*)> tls(SSL_new(context), SSL_free);
  SSL_set_fd(tls.get(), fd.get());
  if (SSL_connect(tls.get()) != 1) return false;
  if (SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) <= 0) return false;
  char byte;
  return SSL_read(tls.get(), &byte, 1) == 1;
}

TEST(Strangers, WhoSayNothingKeepNoWorkstationOut) {
  constexpr std::size_t silent = 1'200;
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::min<rlim_t>(files.rlim_max, 4'096);
  ::setrlimit(RLIMIT_NOFILE, &files);
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  const std::uint16_t port = centre.hub().port();
  std::vector<platform::Fd> held(silent);
  const auto hold = [&] {
    for (platform::Fd& one : held) {
      char byte;
      if (one.get() < 0 || ::recv(one.get(), &byte, 1, MSG_DONTWAIT) == 0) one = connect_from_elsewhere(port);
    }
  };
  hold();
  const Meanwhile again([&] {
    hold();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  });
  desk.daemon().kill();
  desk.start();
  desk.wait_for("online", std::chrono::seconds(30));
  desk.add_entry("meanwhile");
  desk.wait_for("drained", std::chrono::seconds(30));
  Desk& another = centre.add_desk("desk-2");
  another.wait_for("online", std::chrono::seconds(30));
}

TEST(Strangers, WhoTryCodesWithoutEndDoNotHoldUpIntake) {
  Centre centre;
  Desk& desk = centre.add_desk("desk-1");
  const auto seconds_for = [&](int entries) {
    centre.hub().daemon().suspend();
    for (int i = 0; i < entries; ++i) desk.add_entry("entry " + std::to_string(i));
    centre.hub().daemon().resume();
    const auto begin = std::chrono::steady_clock::now();
    desk.wait_for("drained");
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  constexpr int entries = 100;
  const double alone = seconds_for(entries);
  const std::string body = Json{{"code", centre.hub().enroll_code("never") + "x"}, {"csr", "none"}}.dump();
  const std::string request =
      "POST /enroll HTTP/1.1\r\nHost: hub\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  std::atomic<std::uint64_t> tried = 0, answered = 0;
  double flooded = 0;
  {
    const auto flood = [&] {
      ++tried;
      if (try_code(context.get(), centre.hub().port(), request)) ++answered;
    };
    const Meanwhile one(flood), two(flood);
    flooded = seconds_for(entries);
  }
  std::cout << entries << " entries drained in " << alone << " s alone, in " << flooded << " s beside " << tried
            << " attempts, " << answered << " of them answered\n";
  EXPECT_TRUE(centre.hub().daemon().runs());
  desk.wait_until_equal_to(centre.hub());
  centre.add_desk("desk-2").wait_for("online");
}

}  // namespace
}  // namespace holdline::process

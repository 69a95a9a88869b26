// The end of an outage while strangers try enrolment codes without end: how much of its rate the intake keeps. They
// come from as many addresses as it takes for the hub to judge every attempt instead of slowing an address down, and
// keep their connections, so that what is measured is the attempts and not the handshakes that the attacker pays as
// well.

#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <optional>
#include <thread>

#include "bench/measure.hpp"
#include "bench/workloads/workloads.hpp"
#include "bench/world.hpp"
#include "platform/os/fd.hpp"
#include "tests/support/machine.hpp"

namespace holdline::bench {

namespace {

constexpr double attempts_per_second = 2'000;
constexpr std::size_t flooding_threads = 4, connections_per_thread = 12;

// A TLS connection without a certificate, from an address of its own.
class Stranger {
 public:
  Stranger(SSL_CTX* context, std::uint32_t number, std::uint16_t port)
      : fd_(machine::connect_from("127.1." + std::to_string(number) + ".1", port)), tls_(SSL_new(context), SSL_free) {
    open_ = fd_.get() >= 0 && SSL_set_fd(tls_.get(), fd_.get()) == 1 && SSL_connect(tls_.get()) == 1;
  }
  bool open() const { return open_; }
  void ask(const std::string& request) {
    open_ = open_ && SSL_write(tls_.get(), request.data(), static_cast<int>(request.size())) > 0;
  }
  // The status of the next answer; 0 when the connection has ended.
  int answer() {
    if (!open_) return 0;
    std::array<char, 4096> block;
    const int got = SSL_read(tls_.get(), block.data(), block.size());
    open_ = got > 12;
    return open_ ? std::atoi(block.data() + 9) : 0;
  }

 private:
  platform::Fd fd_;
  std::unique_ptr<SSL, void (*)(SSL*)> tls_;
  bool open_ = false;
};

// Tries codes at a steady pace until its end.
class Flood {
 public:
  explicit Flood(HubHost& hub) : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    const std::string body = R"({"code":")" + hub.enrollment_code() + R"(x","csr":"none"})";
    request_ =
        "POST /enroll HTTP/1.1\r\nHost: hub\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    const std::string& url = hub.parts().config.url;
    port_ = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    for (std::uint32_t i = 0; i < flooding_threads; ++i) threads_[i] = std::thread([this, i] { run(i); });
    wait_until("the flood to flow", [this] { return judged_ > 100; });
  }
  ~Flood() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  Flood(const Flood&) = delete;
  std::uint64_t judged() const { return judged_; }
  std::uint64_t slowed() const { return slowed_; }

 private:
  void run(std::uint32_t thread) {
    std::vector<std::unique_ptr<Stranger>> strangers(connections_per_thread);
    constexpr std::chrono::duration<double> beat{flooding_threads * connections_per_thread / attempts_per_second};
    auto next = std::chrono::steady_clock::now();
    while (!over_) {
      for (std::uint32_t i = 0; i < connections_per_thread; ++i)
        if (!strangers[i] || !strangers[i]->open())
          strangers[i] = std::make_unique<Stranger>(context_.get(), thread * connections_per_thread + i, port_);
      for (const auto& one : strangers) one->ask(request_);
      for (const auto& one : strangers)
        if (const int status = one->answer(); status == 429)
          ++slowed_;
        else if (status != 0)
          ++judged_;
      next += std::chrono::duration_cast<std::chrono::steady_clock::duration>(beat);
      std::this_thread::sleep_until(next);
    }
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::string request_;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_ = false;
  std::atomic<std::uint64_t> judged_ = 0, slowed_ = 0;
  std::array<std::thread, flooding_threads> threads_;
};

struct Flooded {
  double entries_per_s = 0, seconds = 0, judged = 0, slowed = 0;
};

Flooded drain_beside(const Options& options, std::span<const generator::Entry> entries, bool with_flood) {
  const Scratch scratch(options.directory);
  Dependencies deps;
  HubHost hub(deps, scratch / "hub");
  hub.start();
  std::optional<Station> station(std::in_place, deps, hub, scratch / "desk");
  hub.stop();
  station->save(entries);
  hub.start();
  std::optional<Flood> flood;
  if (with_flood) flood.emplace(hub);
  const std::uint64_t judged = flood ? flood->judged() : 0, slowed = flood ? flood->slowed() : 0;
  // The workstation may have found the hub by itself already.
  const auto left = static_cast<double>(station->waiting());
  const Stopwatch watch;
  station->wake();
  wait_until("the drain", [&] { return station->waiting() == 0; });
  Flooded flooded;
  flooded.seconds = watch.seconds();
  flooded.entries_per_s = left / flooded.seconds;
  if (flood) {
    flooded.judged = static_cast<double>(flood->judged() - judged);
    flooded.slowed = static_cast<double>(flood->slowed() - slowed);
  }
  return flooded;
}

}  // namespace

void flood(const Options& options, Report& report) {
  const std::size_t count = options.quick ? 1'000 : 40'000, rounds = options.quick ? 1 : 5;
  const auto entries = generator::entries(count, generator::NoteSet::grammar);
  Rounds rate;
  std::vector<double> shares;
  double judged = 0, slowed = 0, seconds = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const double alone = drain_beside(options, entries, false).entries_per_s;
    const Flooded beside = drain_beside(options, entries, true);
    rate.add(beside.entries_per_s, alone);
    shares.push_back(beside.entries_per_s / alone);
    judged += beside.judged, slowed += beside.slowed, seconds += beside.seconds;
  }
  report.add({"flood.entries_per_s",
              median(rate.product),
              "1/s",
              median(rate.limit),
              median(shares),
              {{"attempts_per_s", judged / seconds}, {"slowed_per_s", slowed / seconds}}});
}

}  // namespace holdline::bench

#include "platform/probe/own_network.hpp"

#include <netinet/in.h>

#include <array>
#include <charconv>
#include <sstream>

#include <boost/asio/generic/datagram_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/icmp.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

namespace holdline::platform {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t most_table_bytes = 1 << 20;
// The port that throws away what it is sent: nobody listens there, and a refusal is an answer.
constexpr std::uint16_t discard_port = 9;

// The address in a route table: eight hexadecimal digits of the number as this machine holds it.
std::optional<std::string> address_of(const std::string& hex) {
  std::uint32_t raw = 0;
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), raw, 16);
  if (error != std::errc{} || end != hex.data() + hex.size()) return std::nullopt;
  return asio::ip::make_address_v4(ntohl(raw)).to_string();
}

std::string table(const Path& file) { return read_file(file, most_table_bytes).value_or(std::string()); }

}  // namespace

std::optional<std::string> default_gateway(std::string_view routes) {
  constexpr unsigned up = 1, through_gateway = 2;
  std::istringstream lines{std::string(routes)};
  std::string line, best;
  unsigned long best_metric = 0;
  std::getline(lines, line);  // the head
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string name, to, gateway;
    unsigned flags = 0, references = 0, uses = 0;
    unsigned long metric = 0;
    words >> name >> to >> gateway >> std::hex >> flags >> std::dec >> references >> uses >> metric;
    if (!words || to != "00000000" || (flags & (up | through_gateway)) != (up | through_gateway)) continue;
    if (!best.empty() && metric >= best_metric) continue;
    best = gateway;
    best_metric = metric;
  }
  return best.empty() ? std::nullopt : address_of(best);
}

bool is_neighbour(std::string_view neighbours, std::string_view address) {
  std::istringstream lines{std::string(neighbours)};
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string at, type, flags;
    words >> at >> type >> flags;
    if (at == address) return flags != "0x0";  // 0x0: asked for, and nobody answered
  }
  return false;
}

// One question, by both roads at once; the first answer counts.
class OwnNetwork::Attempt : public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(asio::io_context& io, std::string gateway, Path neighbours, Done done)
      : gateway_(std::move(gateway)),
        neighbours_(std::move(neighbours)),
        done_(std::move(done)),
        timer_(io),
        echo_(io),
        connection_(io) {}

  void begin(std::chrono::milliseconds timeout) {
    timer_.expires_after(timeout);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ended) {
      const auto self = weak.lock();
      if (!ended && self) self->time_is_over();
    });
    send_echo();
    connect();
  }

 private:
  void send_echo() {
    boost::system::error_code refused;
    echo_.open({AF_INET, IPPROTO_ICMP}, refused);  // as a datagram: the kernel fills in checksum and sender
    if (refused) return;
    echo_.connect(asio::ip::icmp::endpoint(asio::ip::make_address_v4(gateway_), 0), refused);
    if (refused) return;
    constexpr std::array<std::uint8_t, 8> question{8, 0, 0, 0, 0, 0, 0, 1};
    echo_.send(asio::buffer(question), 0, refused);
    if (refused) return;
    echo_.async_receive(asio::buffer(answer_),
                        [weak = weak_from_this()](const boost::system::error_code& error, std::size_t bytes) {
                          const auto self = weak.lock();
                          if (self && !error && bytes != 0 && self->answer_[0] == 0) self->tell({true, 0, {}});
                        });
  }

  void connect() {
    const asio::ip::tcp::endpoint there(asio::ip::make_address_v4(gateway_), discard_port);
    connection_.async_connect(there, [weak = weak_from_this()](const boost::system::error_code& error) {
      const auto self = weak.lock();
      if (self && (!error || error == asio::error::connection_refused)) self->tell({true, 0, {}});
    });
  }

  // It may answer neither, and be there: what was just sent made the system look for it.
  void time_is_over() {
    if (is_neighbour(table(neighbours_), gateway_))
      tell({true, 0, {}});
    else
      tell({false, 0, "gateway-silent"});
  }

  void tell(ProbeOutcome outcome) {
    if (!done_) return;
    timer_.cancel();
    boost::system::error_code ignored;
    echo_.close(ignored);
    connection_.close(ignored);
    outcome.took_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began_).count();
    std::exchange(done_, nullptr)(outcome);
  }

  const std::string gateway_;
  const Path neighbours_;
  Done done_;
  asio::steady_timer timer_;
  asio::generic::datagram_protocol::socket echo_;
  asio::ip::tcp::socket connection_;
  std::array<std::uint8_t, 64> answer_{};
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

OwnNetwork::OwnNetwork(asio::io_context& io, NetworkTables tables) : io_(io), tables_(std::move(tables)) {}
OwnNetwork::~OwnNetwork() = default;

void OwnNetwork::ask(std::chrono::milliseconds timeout, Done done) {
  const auto gateway = default_gateway(table(tables_.routes));
  had_gateway_ = had_gateway_ || gateway;
  if (gateway) {
    attempt_ = std::make_shared<Attempt>(io_, *gateway, tables_.neighbours, std::move(done));
    return attempt_->begin(timeout);
  }
  std::optional<ProbeOutcome> none;
  if (had_gateway_) none = ProbeOutcome{false, 0, "no-route"};
  asio::post(io_, [done = std::move(done), none] { done(none); });
}

}  // namespace holdline::platform

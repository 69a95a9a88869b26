// Whether the network next to this machine is there: does the gateway of its default route answer? By an echo where the
// system lets everybody send one (ping_group_range), by a connection, taken or refused, and failing both by whether the
// system knows its hardware address. No right is needed. IPv4 only: on a network of IPv6 alone nothing is told.
//
// Threads: belongs to the one that runs its io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "platform/os/files.hpp"
#include "platform/probe/rounds.hpp"

namespace holdline::platform {

// What the kernel tells of its routes and neighbours, in the form of Linux.
struct NetworkTables {
  Path routes = "/proc/net/route";
  Path neighbours = "/proc/net/arp";
};

// Pure readings of them.
std::optional<std::string> default_gateway(std::string_view routes);
bool is_neighbour(std::string_view neighbours, std::string_view address);

class OwnNetwork {
 public:
  // `tables` of this machine, or of a test.
  explicit OwnNetwork(boost::asio::io_context& io, NetworkTables tables = {});
  // Abandons what is under way.
  ~OwnNetwork();
  OwnNetwork(OwnNetwork&&) = delete;

  // Asks once. Nothing is told (std::nullopt) as long as there never was a gateway: this machine may not need one. One
  // that was there and is not any more (a cable that was pulled) is no good network. `done` is called once, from the
  // io_context, after `timeout` at the latest.
  using Done = std::function<void(std::optional<ProbeOutcome>)>;
  void ask(std::chrono::milliseconds timeout, Done done);

 private:
  class Attempt;

  boost::asio::io_context& io_;
  const NetworkTables tables_;
  bool had_gateway_ = false;
  std::shared_ptr<Attempt> attempt_;
};

}  // namespace holdline::platform

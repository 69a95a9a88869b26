// A real telephone system on loopback: Kamailio, which a runbook switches by JSON-RPC, and calls by SIPp. The agents'
// queue and the announcement are SIPp's own servers.
#pragma once

#include <string>

#include "tests/process/support/process.hpp"

namespace holdline::process {

class Telephones {
 public:
  // Everything that is written lies in `directory`.
  explicit Telephones(Path directory);
  ~Telephones();
  Telephones(const Telephones&) = delete;
  Telephones& operator=(const Telephones&) = delete;

  std::string rpc_url() const { return "http://127.0.0.1:" + std::to_string(rpc_) + "/RPC"; }
  std::string announcement() const { return "sip:127.0.0.1:" + std::to_string(announcement_); }

  // What a caller gets now: "queue", "announcement", "302 CONTACT", or the first line of what came.
  std::string call();
  // Kamailio is ended and started: it has forgotten what was switched.
  void restart();

 private:
  void start();

  Path directory_;
  std::uint16_t sip_, rpc_, queue_, announcement_;
  int calls_ = 0;
  Daemon queue_server_, announcement_server_, kamailio_;
};

}  // namespace holdline::process

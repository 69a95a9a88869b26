#include "tests/process/lossy_network.hpp"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace holdline::process {

namespace {

constexpr const char* nft = "/usr/sbin/nft";
constexpr const char* own_network = "/proc/thread-self/ns/net";

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("no network of its own: " + what + ": " + std::strerror(errno));
}

void bring_up_loopback() {
  const platform::Fd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  request.ifr_flags = IFF_UP;
  if (::ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0) fail("its loopback stays down");
}

std::string nftables(const std::vector<std::string>& words) {
  Command command{{nft}, {}, {}, {}};
  command.words.insert(command.words.end(), words.begin(), words.end());
  const Outcome outcome = run(command);
  if (outcome.status != 0)
    throw std::runtime_error("nft failed (status " + std::to_string(outcome.status) +
                             "; package nftables): " + outcome.err);
  return outcome.out;
}

}  // namespace

LossyNetwork::LossyNetwork(const Path& scratch)
    : script_(scratch / "loss.nft"), before_(::open(own_network, O_RDONLY | O_CLOEXEC)) {
  if (!before_) fail(own_network);
  if (::unshare(CLONE_NEWNET) != 0) fail("unshare (only root may)");
  bring_up_loopback();
}

LossyNetwork::~LossyNetwork() { ::setns(before_.get(), CLONE_NEWNET); }

void LossyNetwork::lose(unsigned percent, std::uint16_t port) {
  const std::string chance = " numgen random mod 100 < " + std::to_string(percent) + " counter name lost drop\n";
  std::string script = "add table inet loss\ndelete table inet loss\nadd table inet loss\nadd counter inet loss lost\n";
  script += "add chain inet loss arriving { type filter hook input priority 0; }\n";
  for (const char* side : {"dport ", "sport "})
    script += "add rule inet loss arriving tcp " + (side + std::to_string(port)) + chance;
  write_text(script_, script);
  nftables({"-f", script_.string()});
}

std::uint64_t LossyNetwork::lost() const {
  const auto told = nlohmann::json::parse(nftables({"-j", "list", "counter", "inet", "loss", "lost"}));
  for (const auto& one : told["nftables"])
    if (one.contains("counter")) return one["counter"]["packets"];
  return 0;
}

}  // namespace holdline::process

#include "platform/http/doors.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace holdline::platform {

namespace {

// Addresses that are remembered; those beyond share one bucket, so that many addresses cost no memory.
constexpr std::size_t max_buckets = 4'096;

}  // namespace

std::string door_of(const void* socket_address) {
  constexpr std::size_t network_bytes = 8;
  const auto* any = static_cast<const sockaddr*>(socket_address);
  if (any->sa_family == AF_INET) {
    const auto& v4 = static_cast<const sockaddr_in*>(socket_address)->sin_addr;
    return {reinterpret_cast<const char*>(&v4), sizeof v4};
  }
  if (any->sa_family != AF_INET6) return {};
  const auto& v6 = static_cast<const sockaddr_in6*>(socket_address)->sin6_addr;
  const char* bytes = reinterpret_cast<const char*>(&v6);
  if (IN6_IS_ADDR_V4MAPPED(&v6)) return {bytes + sizeof v6 - sizeof(in_addr), sizeof(in_addr)};
  return {bytes, network_bytes};
}

bool Doors::take(What what, const std::string& address, Time now) {
  const MutexLock lock(mutex_);
  auto& buckets = buckets_[what];
  const auto refilled = [&](const Bucket& bucket) {
    return std::min(limits_.burst,
                    bucket.tokens + limits_.per_second * std::chrono::duration<double>(now - bucket.at).count());
  };
  if (buckets.size() >= max_buckets)
    std::erase_if(buckets, [&](const auto& one) { return refilled(one.second) >= limits_.burst; });
  const bool remembered = buckets.contains(address) || buckets.size() < max_buckets;
  Bucket& bucket = buckets.try_emplace(remembered ? address : std::string(), limits_.burst, now).first->second;
  bucket = {refilled(bucket), now};
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

void Doors::give_back_handshake(const std::string& address) {
  const MutexLock lock(mutex_);
  auto& buckets = buckets_[handshakes];
  if (const auto found = buckets.find(address); found != buckets.end()) found->second.tokens += 1;
}

void Doors::remove(Holders& holders, std::map<std::string, std::size_t>& sums, Ticket ticket) {
  const auto found = holders.find(ticket);
  if (found == holders.end()) return;
  if (const auto sum = sums.find(found->second.owner); sum != sums.end()) {
    sum->second -= std::min(sum->second, found->second.size);
    if (sum->second == 0) sums.erase(sum);
  }
  holders.erase(found);
}

Doors::Close Doors::give_way(Holders& holders, std::map<std::string, std::size_t>& sums, Ticket keep) {
  const auto most = std::ranges::max_element(sums, {}, [](const auto& one) { return one.second; });
  if (most == sums.end()) return nullptr;
  auto victim = std::ranges::find_if(
      holders, [&](const auto& one) { return one.first != keep && one.second.owner == most->first; });
  // The one that needs the room may itself be all that its owner has.
  if (victim == holders.end())
    victim = std::ranges::find_if(holders, [&](const auto& one) { return one.first != keep; });
  if (victim == holders.end()) return nullptr;
  Close close = std::move(victim->second.close);
  remove(holders, sums, victim->first);
  return close;
}

Doors::Close Doors::give_way_of(Holders& holders, std::map<std::string, std::size_t>& sums, const std::string& owner) {
  const auto first = std::ranges::find_if(holders, [&](const auto& one) { return one.second.owner == owner; });
  if (first == holders.end()) return nullptr;
  Close close = std::move(first->second.close);
  remove(holders, sums, first->first);
  return close;
}

Doors::Ticket Doors::enter(const std::string& address, Close close) {
  Close victim;
  Ticket ticket = 0;
  {
    const MutexLock lock(mutex_);
    ticket = ++last_;
    const bool address_full =
        strangers_by_.contains(address) && strangers_by_[address] >= limits_.strangers_per_address;
    if (address_full) {
      victim = give_way_of(strangers_, strangers_by_, address);
    } else if (strangers_.size() >= limits_.strangers) {
      victim = give_way(strangers_, strangers_by_, ticket);
    }
    strangers_.emplace(ticket, Holder{address, 1, std::move(close)});
    ++strangers_by_[address];
    if (victim) ++closed_;
  }
  if (victim) victim();
  return ticket;
}

Doors::Ticket Doors::enter_known(const std::string& certificate, Close close) {
  Close victim;
  Ticket ticket = 0;
  {
    const MutexLock lock(mutex_);
    ticket = ++last_;
    if (const auto open = known_by_.find(certificate);
        open != known_by_.end() && open->second >= limits_.per_certificate)
      victim = give_way_of(known_, known_by_, certificate);
    known_.emplace(ticket, Holder{certificate, 1, std::move(close)});
    ++known_by_[certificate];
    if (victim) ++closed_;
  }
  if (victim) victim();
  return ticket;
}

void Doors::leave(Ticket ticket) {
  const MutexLock lock(mutex_);
  remove(strangers_, strangers_by_, ticket);
  remove(known_, known_by_, ticket);
}

void Doors::grow(Ticket& body, const std::string& owner, std::size_t bytes, const Close& close) {
  std::vector<Close> victims;
  {
    const MutexLock lock(mutex_);
    if (body == 0) {
      body = ++last_;
      bodies_.emplace(body, Holder{owner, 0, close});
    }
    const auto found = bodies_.find(body);
    if (found == bodies_.end()) return;  // closed to make room: its end is under way
    found->second.size += bytes;
    bytes_by_[owner] += bytes;
    bytes_ += bytes;
    while (bytes_ > limits_.unfinished_bytes) {
      auto victim = give_way(bodies_, bytes_by_, body);
      if (!victim) break;
      victims.push_back(std::move(victim));
      bytes_ = 0;
      for (const auto& [by, sum] : bytes_by_) bytes_ += sum;
    }
    closed_ += victims.size();
  }
  for (const Close& victim : victims) victim();
}

void Doors::finish(Ticket body) {
  const MutexLock lock(mutex_);
  if (const auto found = bodies_.find(body); found != bodies_.end()) bytes_ -= found->second.size;
  remove(bodies_, bytes_by_, body);
}

std::uint64_t Doors::closed() const {
  const MutexLock lock(mutex_);
  return closed_;
}

}  // namespace holdline::platform

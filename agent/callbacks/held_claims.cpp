#include "agent/callbacks/held_claims.hpp"

namespace holdline::agent {

void HeldClaims::keep(HeldClaim claim) {
  const platform::MutexLock lock(mutex_);
  HeldClaim& kept = claims_[claim.fence];
  claim.told = claim.told || kept.told;
  if (kept.dial_ms != 0) claim.dial_ms = kept.dial_ms;  // when the number was shown first
  kept = std::move(claim);
  if (claims_.size() > most) claims_.erase(claims_.begin());
}

void HeldClaims::told(std::uint64_t fence) {
  const platform::MutexLock lock(mutex_);
  if (const auto found = claims_.find(fence); found != claims_.end()) found->second.told = true;
}

void HeldClaims::drop(std::uint64_t fence) {
  const platform::MutexLock lock(mutex_);
  claims_.erase(fence);
}

std::optional<HeldClaim> HeldClaims::find(std::uint64_t fence) const {
  const platform::MutexLock lock(mutex_);
  const auto found = claims_.find(fence);
  return found == claims_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<HeldClaim> HeldClaims::of(const std::string& person) const {
  const platform::MutexLock lock(mutex_);
  std::vector<HeldClaim> held;
  for (const auto& [fence, claim] : claims_)
    if (claim.person == person && !claim.told) held.push_back(claim);
  return held;
}

std::vector<std::uint64_t> HeldClaims::told_by(const std::string& person) const {
  const platform::MutexLock lock(mutex_);
  std::vector<std::uint64_t> told;
  for (const auto& [fence, claim] : claims_)
    if (claim.person == person && claim.told) told.push_back(fence);
  return told;
}

}  // namespace holdline::agent

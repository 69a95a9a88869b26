// A hash table whose copies share everything that was not changed since: a copy is 32 reference counts, a change copies
// one bucket of 1,024 and the node above it. So a new snapshot of 100,000 pending entries costs microseconds, and old
// snapshots stay as they were. Readers of different copies need no lock; one copy is changed by one thread.
// Internal to agent/view.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace holdline::agent {

template <class T>
class SharedBuckets {
 public:
  using Bucket = std::vector<std::shared_ptr<const T>>;

  // What may hold entries of this hash, and some of others.
  const Bucket& at(std::size_t hash) const {
    static const Bucket nothing;
    const Place place(hash);
    const auto& node = nodes_[place.node];
    if (!node || !(*node)[place.bucket]) return nothing;
    return *(*node)[place.bucket];
  }

  // Calls `change` with a copy of the bucket and puts it in place of the old one.
  template <class Change>
  void edit(std::size_t hash, const Change& change) {
    const Place place(hash);
    auto bucket = std::make_shared<Bucket>(at(hash));
    change(*bucket);
    auto& old = nodes_[place.node];
    auto node = old ? std::make_shared<Node>(*old) : std::make_shared<Node>();
    (*node)[place.bucket] = bucket->empty() ? nullptr : std::move(bucket);
    old = std::move(node);
  }

  template <class Visit>
  void each(const Visit& visit) const {
    for (const auto& node : nodes_) {
      if (!node) continue;
      for (const auto& bucket : *node) {
        if (!bucket) continue;
        for (const auto& entry : *bucket) visit(*entry);
      }
    }
  }

 private:
  static constexpr std::size_t width = 32;
  using Node = std::array<std::shared_ptr<const Bucket>, width>;

  struct Place {
    // The top bits after a multiplication by 2^64 / golden ratio: ids have constant bits in some places.
    explicit Place(std::size_t hash) {
      const std::uint64_t mixed = std::uint64_t{hash} * 0x9e3779b97f4a7c15u;
      node = mixed >> 59;
      bucket = mixed >> 54 & (width - 1);
    }
    std::size_t node, bucket;
  };

  std::array<std::shared_ptr<const Node>, width> nodes_;
};

}  // namespace holdline::agent

#include "hub/feed/snapshots.hpp"

#include <algorithm>
#include <tuple>

#include "hub/ledger/feed_limits.hpp"

namespace holdline::hub {
namespace {

constexpr std::size_t rows_per_read = 2'000;

sync::Change whole(const sync::Collection& collection, const VersionedRecord& at, sync::VisibilitySet profile) {
  sync::Change change{at.cn, false, 0, sync::project(collection, at.stored.record, profile)};
  for (std::size_t i = 0; i < change.record.fields.size(); ++i) {
    if (!sync::is_null(change.record.fields[i])) change.mask |= sync::FieldMask{1} << i;
  }
  return change;
}

std::vector<std::string> in_order(std::span<const std::string> scopes) {
  std::vector<std::string> sorted(scopes.begin(), scopes.end());
  std::ranges::sort(sorted);
  sorted.erase(std::ranges::unique(sorted).begin(), sorted.end());
  return sorted;
}

constexpr Lane built_in_lane = 1;

// Do-not-call first, then callbacks and what waits for a person, then the bulk.
std::vector<const sync::Collection*> by_urgency(const sync::Schema& schema) {
  std::vector<const sync::Collection*> order;
  for (const sync::Collection& collection : schema.collections()) order.push_back(&collection);
  std::ranges::sort(order, {}, [](const sync::Collection* collection) {
    return std::tuple(collection->built_in ? built_in_lane : collection->lane, collection->no);
  });
  return order;
}

}  // namespace

Result<sync::Manifest> Snapshots::manifest(std::span<const std::string> scopes, sync::VisibilitySet profile) {
  std::vector<std::string> sorted = in_order(scopes);
  const platform::MutexLock lock(building_);
  HOLDLINE_ASSIGN(auto reader, ledger_.reader());
  if (auto kept = find(sorted, profile)) {
    HOLDLINE_ASSIGN(const bool good, usable(*reader, *kept));
    if (good) return *std::move(kept);
  }
  HOLDLINE_ASSIGN(Built built, build(*reader, std::move(sorted), profile));
  sync::Manifest manifest = built.manifest;
  keep(std::move(built));
  return manifest;
}

std::optional<sync::Bytes> Snapshots::chunk(const sync::Hash& hash, std::span<const std::string> scopes,
                                            sync::VisibilitySet profile, const sync::ChunkRequest& part) const {
  const std::vector<std::string> sorted = in_order(scopes);
  const platform::MutexLock lock(kept_mutex_);
  for (const Built& built : kept_) {
    if (built.profile != profile || built.scopes != sorted) continue;
    const auto found = built.chunks.find(hash);
    if (found == built.chunks.end()) continue;
    const std::uint64_t size = found->second.size(), from = std::min(part.from, size);
    return found->second.substr(static_cast<std::size_t>(from),
                                static_cast<std::size_t>(std::min(part.bytes, size - from)));
  }
  return std::nullopt;
}

std::optional<ChangeNumber> Snapshots::oldest() const {
  const platform::MutexLock lock(kept_mutex_);
  std::optional<ChangeNumber> lowest;
  for (const Built& built : kept_) lowest = std::min(lowest.value_or(built.manifest.at.cn), built.manifest.at.cn);
  return lowest;
}

Snapshots::Kept Snapshots::kept() const {
  const platform::MutexLock lock(kept_mutex_);
  Kept kept{kept_.size(), 0};
  for (const Built& built : kept_)
    for (const auto& [hash, chunk] : built.chunks) kept.bytes += chunk.size();
  return kept;
}

std::optional<sync::Manifest> Snapshots::find(std::span<const std::string> scopes, sync::VisibilitySet profile) const {
  const platform::MutexLock lock(kept_mutex_);
  for (const Built& built : kept_) {
    if (built.profile == profile && std::ranges::equal(built.scopes, scopes)) return built.manifest;
  }
  return std::nullopt;
}

Result<bool> Snapshots::usable(LedgerReader& reader, const sync::Manifest& manifest) {
  HOLDLINE_ASSIGN(const Cursor head, reader.head());
  if (manifest.epoch != ledger_.epoch() || manifest.schema_version != reader.schema().version() ||
      head.cn > manifest.at.cn + limits_.too_old) {
    return false;
  }
  // A cut of no scopes costs nothing and says whether the feed can be followed from there.
  const auto followed = reader.cut(manifest.at, {}, 0, 1);
  if (followed) return true;
  if (followed.error().kind == ErrorKind::start_over) return false;
  return tl::unexpected<Error>(followed.error());
}

Result<Snapshots::Built> Snapshots::build(LedgerReader& reader, std::vector<std::string> scopes,
                                          sync::VisibilitySet profile) {
  Built built;
  built.scopes = std::move(scopes);
  built.profile = profile;
  built.manifest.epoch = ledger_.epoch();
  built.manifest.schema_version = reader.schema().version();
  HOLDLINE_ASSIGN(built.manifest.at, reader.head());
  for (const sync::Collection* collection : by_urgency(reader.schema())) {
    HOLDLINE_TRY(add_collection(reader, *collection, built));
  }
  HOLDLINE_ASSIGN(const auto digests, reader.digests(built.scopes, profile));
  for (const auto& [key, leaves] : digests) built.manifest.digests.push_back({key, sync::root_of(leaves)});
  return built;
}

Result<void> Snapshots::add_collection(LedgerReader& reader, const sync::Collection& collection, Built& into) {
  if (sync::visible_fields(collection, into.profile) == 0) return {};
  std::vector<sync::Change> rows;
  std::size_t bytes = 0;
  Id after;
  for (;;) {
    HOLDLINE_ASSIGN(const auto read, reader.rows(collection.no, into.scopes, after, rows_per_read));
    for (const VersionedRecord& at : read) {
      rows.push_back(whole(collection, at, into.profile));
      bytes += encoded_size(rows.back().record, rows.back().mask);
      if (bytes < limits_.chunk_bytes && rows.size() < limits_.chunk_records) continue;
      add_chunk(reader.schema(), collection, rows, into);
      rows.clear();
      bytes = 0;
    }
    if (read.size() < rows_per_read) break;
    after = read.back().stored.record.key.id;
  }
  if (!rows.empty()) add_chunk(reader.schema(), collection, rows, into);
  return {};
}

void Snapshots::add_chunk(const sync::Schema& schema, const sync::Collection& collection,
                          std::span<const sync::Change> rows, Built& into) {
  const sync::Bytes raw = sync::encode_changes(schema, rows);
  sync::Bytes chunk = compressor_.compress(raw, nullptr);
  const sync::Hash hash = sync::sha256(chunk);
  into.manifest.chunks.push_back({hash, chunk.size(), raw.size(), rows.size(), collection.no});
  into.bytes += chunk.size();
  into.chunks.emplace(hash, std::move(chunk));
}

void Snapshots::keep(Built built) {
  const platform::MutexLock lock(kept_mutex_);
  // Its predecessor stays while there is room: devices may still be fetching from it.
  kept_.push_front(std::move(built));
  std::size_t total = 0;
  auto last = kept_.begin();
  for (; last != kept_.end(); ++last) {
    total += last->bytes;
    if (last != kept_.begin() && total > limits_.cache_bytes) break;
  }
  kept_.erase(last, kept_.end());
}

}  // namespace holdline::hub

#include "agent/replica/begun_chunks.hpp"

#include <algorithm>

namespace holdline::agent {

using platform::Blob;

Result<void> BegunChunks::load(platform::Database& file, const sync::Manifest& manifest) {
  HOLDLINE_TRY(file.exec("CREATE TABLE IF NOT EXISTS _part(hash BLOB, at INTEGER, bytes BLOB)"));
  HOLDLINE_ASSIGN(auto select, file.prepare("SELECT hash, at, bytes FROM _part ORDER BY hash, at"));
  auto rows = select.rows();
  for (;;) {
    HOLDLINE_ASSIGN(const bool more, rows.next());
    if (!more) return {};
    const sync::Hash hash = sync::Hash::from(rows.blob(0));
    const auto chunk = std::ranges::find(manifest.chunks, hash, &sync::ChunkInfo::hash);
    const std::string_view part = rows.blob(2);
    sync::Bytes& whole = begun_[hash];
    // What does not continue the part before, or would make too much, is asked for again.
    if (chunk != manifest.chunks.end() && rows.i64(1) == static_cast<std::int64_t>(whole.size()) &&
        whole.size() + part.size() < chunk->bytes)
      whole += part;
  }
}

std::string_view BegunChunks::of(const sync::Hash& chunk) const {
  const auto found = begun_.find(chunk);
  return found == begun_.end() ? std::string_view() : std::string_view(found->second);
}

Result<void> BegunChunks::add(platform::Database& file, const sync::Hash& chunk, std::string_view part) {
  sync::Bytes& whole = begun_[chunk];
  HOLDLINE_ASSIGN(auto insert, file.prepare("INSERT INTO _part VALUES (?, ?, ?)"));
  HOLDLINE_TRY(insert.run(Blob{chunk.view()}, static_cast<std::int64_t>(whole.size()), Blob{part}));
  whole += part;
  return {};
}

Result<void> BegunChunks::erase(platform::Database& file, const sync::Hash& chunk) {
  HOLDLINE_ASSIGN(auto statement, file.prepare("DELETE FROM _part WHERE hash = ?"));
  return statement.run(Blob{chunk.view()});
}

}  // namespace holdline::agent

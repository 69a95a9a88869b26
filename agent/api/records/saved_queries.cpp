#include "agent/api/records/saved_queries.hpp"

#include "agent/api/responses.hpp"
#include "sync/text/text.hpp"

namespace holdline::agent {

namespace {

std::string folded_field(const sync::Collection& queries, const sync::Record& record, std::string_view field) {
  return sync::fold_text(sync::tidy_line(text_field(queries, record, field)));
}

bool is_put_away(const sync::Collection& queries, const sync::Record& record) {
  const auto field = queries.field("put_away");
  return field && record.fields[*field] == sync::Value(true);
}

}  // namespace

void refuse_same_query(PersonView& view, const sync::Schema& schema, const sync::Record& query,
                       std::vector<sync::Finding>& findings) {
  constexpr std::size_t most_kept = 200;
  const sync::Collection* queries = schema.collection("saved_query");
  if (!queries || query.key.collection != queries->no || is_put_away(*queries, query)) return;
  const auto many = view.list(*queries, {}, most_kept);
  if (!many) return;
  for (const Shown& other : many->shown) {
    const auto same = [&](const char* field) {
      return folded_field(*queries, other.record, field) == folded_field(*queries, query, field);
    };
    if (other.record.key.id == query.key.id || is_put_away(*queries, other.record) || !same("name") || !same("person"))
      continue;
    return findings.push_back({"name", "there-already",
                               "You keep a search of this name already, for \"" +
                                   text_field(*queries, other.record, "text") +
                                   "\": change that one, or give this one another name."});
  }
}

}  // namespace holdline::agent

#include "sync/action/translate.hpp"

#include "sync/action/format.hpp"

namespace holdline::sync {

Result<Action> translate(const Schema& from, const Schema& to, Action action) {
  for (Op& op : action.ops) {
    const Collection* before = from.collection(op.record.collection);
    const Collection* now = to.collection(op.record.collection);
    for (FieldChange& change : op.changes) {
      const Field* was =
          before != nullptr && change.field < before->fields.size() ? &before->fields[change.field] : nullptr;
      const auto index = was != nullptr && now != nullptr ? now->field_by_no(was->no) : std::optional<FieldIndex>();
      if (!index || now->fields[*index].type != was->type)
        return fail(
            ErrorKind::ask_person, "unknown-field",
            "It was made under another version of the forms and says something of a field that this version does "
            "not have" +
                (was != nullptr ? " (" + was->label + ")" : std::string()) + ".");
      change.field = *index;
    }
  }
  return action;
}

Result<KnownAction> read_known(const SchemaVersions& versions, const Maker& maker, const StoredAction& stored) {
  HOLDLINE_ASSIGN(const ActionHeader header, read_header(stored.header));
  const Schema* made_in = versions.numbered(header.schema);
  if (made_in == nullptr) return action_format::unknown("unknown-schema", "schema", header.schema);
  KnownAction known;
  HOLDLINE_ASSIGN(known.action, read_action(*made_in, maker, stored));
  known.findings = validate(*made_in, known.action);
  if (made_in != &versions.present()) {
    HOLDLINE_ASSIGN(known.action, translate(*made_in, versions.present(), std::move(known.action)));
  }
  return known;
}

}  // namespace holdline::sync

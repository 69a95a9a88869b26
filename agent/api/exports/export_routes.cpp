// Data out of the workstation, as a supervisor may take it: read as they see it, put on the list of exports durably,
// and only then handed out.
#include <algorithm>
#include <memory>
#include <utility>

#include "agent/api/input.hpp"
#include "agent/api/responses.hpp"
#include "agent/api/route.hpp"
#include "agent/api/save.hpp"
#include "agent/outbox/action_draft.hpp"
#include "platform/text/json_object.hpp"
#include "platform/text/table_writer.hpp"
#include "sync/base/hash.hpp"
#include "sync/base/syntax.hpp"
#include "sync/table/audience.hpp"
#include "sync/table/export.hpp"
#include "sync/table/practice.hpp"

namespace holdline::agent {

namespace {

using Json = nlohmann::json;

constexpr std::size_t page_records = 200, largest_file = std::size_t{256} << 20;
constexpr std::size_t exports_listed = 200, exports_usually_listed = 50;

// Beside what the person may read: what this workstation holds whole.
sync::FieldMask fields_for(const Workstation& station, const sync::Rights& who, const sync::Collection& collection,
                           bool sensitive) {
  sync::FieldMask fields = sync::readable_fields(who, collection, sensitive ? sync::Reading::one : sync::Reading::many);
  for (std::size_t i = 0; i < collection.fields.size(); ++i) {
    const sync::Field& field = collection.fields[i];
    const bool whole = sensitive || field.replication == sync::Replication::full;
    if (!whole || !sync::may_hold(field, station.grant().profile)) fields &= ~(sync::FieldMask{1} << i);
  }
  return fields;
}

class DataTaken : public std::enable_shared_from_this<DataTaken> {
 public:
  DataTaken(Workstation& station, Call call, sync::ExportRequest request)
      : station_(station),
        call_(std::move(call)),
        request_(std::move(request)),
        collection_(*sync::exported_collection(station.schema(), request_.collection)),
        table_(station.schema(), collection_, fields_for(station, call_.rights(), collection_, request_.sensitive)),
        writer_(table_.names(), request_.json),
        audience_(station.schema(), collection_, request_.purpose, station.accounts().suppression_key()),
        told_(audience_.wants()) {}

  // Who asked to be left alone could not be told from the others.
  bool lacks_key() const { return audience_.asks_the_list() && station_.accounts().suppression_key().empty(); }

  // A page at a time, so that others are answered between.
  void go_on() {
    agent::read(station_, call_, [self = shared_from_this()](PersonView& view) {
      const auto more = self->told_.empty() ? self->take_page(view) : self->tell_page(view);
      if (!more) return self->call_.respond(platform::error_response(more.error()));
      *more ? self->go_on() : self->finish();
    });
  }

 private:
  // What decides who goes along.
  Result<bool> tell_page(PersonView& view) {
    const sync::Collection& collection = *told_.back();
    HOLDLINE_ASSIGN(const auto page, view.page(collection, before_, page_records, sync::Reading::many));
    // Whoever asked one site of a client to be left alone has asked the client.
    const bool of_client = &collection == audience_.suppressions();
    const auto counts = [&](const std::string& scope) {
      return of_client ? sync::tenant_of(scope) == sync::tenant_of(request_.scope) : scope == request_.scope;
    };
    for (const Shown& shown : page.shown)
      if (counts(shown.record.scope)) audience_.tell(collection, shown.record);
    if (page.shown.size() == page_records) {
      before_ = page.shown.back().record.key.id;
    } else {
      before_ = {};
      told_.pop_back();
    }
    return true;
  }

  Result<bool> take_page(PersonView& view) {
    const auto reading = request_.sensitive ? sync::Reading::one : sync::Reading::many;
    HOLDLINE_ASSIGN(const auto page, view.page(collection_, before_, page_records, reading));
    for (const Shown& shown : page.shown) HOLDLINE_TRY(take(view, shown.record));
    if (writer_.size() > largest_file)
      return fail(ErrorKind::ask_person, "too-much",
                  "The file would be larger than 256 MiB. Nothing was exported; the hub exports larger ones.");
    if (page.shown.size() < page_records) return false;
    before_ = page.shown.back().record.key.id;
    return true;
  }

  Result<void> take(PersonView& view, sync::Record record) {
    const bool customer = collection_.name == of::customer;
    if (record.scope != request_.scope || sync::is_practice(collection_, record)) return {};
    if (customer && audience_.root_of(record.key.id) != record.key.id) return {};  // goes along with that one
    std::vector<sync::Record> children;
    for (const sync::Collection* kind : table_.kinds()) {
      HOLDLINE_ASSIGN(const auto many, view.children(*kind, record.key.id));
      for (const Shown& child : many.shown) children.push_back(child.record);
    }
    if (!audience_.admit(record, children)) return {};
    const auto about = customer ? std::nullopt : collection_.field("customer");
    const auto* named = about ? std::get_if<sync::Id>(&record.fields[*about]) : nullptr;
    writer_.row(table_.cells(record, children, named ? std::optional(audience_.root_of(*named)) : std::nullopt));
    return {};
  }

  void finish() {
    done_.rows = writer_.rows();
    done_.left_out = audience_.left_out();
    auto text = std::make_shared<std::string>(writer_.text());
    done_.sha256 = sync::to_hex(sync::sha256(*text).view());
    const Desk desk = desk_of(station_, call_);
    done_.person = desk.person;
    done_.station = desk.workstation;
    done_.at_ms = desk.now_ms;
    sync::Op listed = sync::export_record(station_.schema(), request_, done_);
    listed.record.id = created_here(0);
    Saving saving;
    saving.answer = [text, done = done_](const Saved& saved) {
      // What is on the list is the file of the first answer, and what was read now may be another one.
      if (saved.repeated)
        return platform::error_response(409, "exported-before",
                                        "This export is on the list already, and its answer was lost. Export again.");
      return json_response(201, {{"schema", "holdline.export/1"},
                                 {"rows", done.rows},
                                 {"left_out", done.left_out.all_records()},
                                 {"left_out_contacts", done.left_out.all_contacts()},
                                 {"left_out_because", sync::described(done.left_out)},
                                 {"sha256", done.sha256},
                                 {"content", *text}});
    };
    save(station_, call_, {std::move(listed)}, std::move(saving));
  }

  Workstation& station_;
  const Call call_;
  const sync::ExportRequest request_;
  const sync::Collection& collection_;
  const sync::ExportTable table_;
  platform::TableWriter writer_;
  sync::Audience audience_;
  std::vector<const sync::Collection*> told_;  // still to be told to it
  sync::Id before_;
  sync::ExportDone done_;
};

void export_data(Workstation& station, Call call) {
  const sync::Schema& schema = station.schema();
  auto json = platform::JsonObject::parse(call.request.body);
  sync::ExportRequest wanted{json.text("collection"), json.text("scope", station.default_scope(call.rights())),
                             json.text("purpose"), json.text("reason")};
  wanted.json = json.text("format", "csv") == "ndjson";
  wanted.sensitive = json.boolean("sensitive", false);
  if (auto read = json.checked_whole(); !read) return call.respond(platform::error_response(read.error()));
  if (auto well = sync::check_export(schema, wanted); !well)
    return call.respond(platform::error_response(422, well.error().code, well.error().message));
  // Before anything is read; saving asks again.
  const std::vector<sync::Op> listed{sync::export_record(schema, wanted, {})};
  if (const auto refusal = refuse_by_right(station, call, listed)) return call.respond(*refusal);
  const auto taken = std::make_shared<DataTaken>(station, call, std::move(wanted));
  if (taken->lacks_key())
    return call.respond(platform::error_response(
        503, "no-suppression-key",
        "The hub has not told this PC how to read its do-not-call list, so nobody can be left out by it. Try again "
        "when the hub is there."));
  taken->go_on();
}

void list_exports(Workstation& station, Call call) {
  const sync::Collection* list = station.schema().collection("data_export");
  const auto before = id_of(call.request.query, "before");
  if (!before) return call.respond(platform::error_response(400, "malformed", "`before` must be the id of a record."));
  if (list == nullptr || !sync::may_read(call.rights(), *list, station.default_scope(call.rights())))
    return call.respond(platform::error_response(403, "role-refused", "The list of exports is for supervisors."));
  const std::size_t limit = limit_of(call.request.query, exports_usually_listed, exports_listed);
  agent::read(station, call, [list, before = *before, limit, respond = call.respond](PersonView& view) {
    auto many = view.list(*list, before, limit + 1);
    if (!many) return respond(platform::error_response(many.error()));
    const bool more = many->shown.size() > limit;
    many->shown.resize(std::min(limit, many->shown.size()));
    Json items = Json::array();
    for (const Shown& shown : many->shown) items.push_back(shown_json(*list, shown, many->as_of));
    respond(json_response(200, {{"schema", "holdline.records/1"},
                                {"items", items},
                                {"next", more ? Json(many->shown.back().record.key.id.text()) : Json()},
                                {"more", more},
                                {"as_of", as_of_json(many->as_of)}}));
  });
}

}  // namespace

std::span<const Route> export_routes() {
  static constexpr Route table[] = {{"POST", "/exports", export_data}, {"GET", "/exports", list_exports}};
  return table;
}

}  // namespace holdline::agent

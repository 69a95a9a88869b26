// A hub with one workstation, promises as desks keep them, and requests about them.
#pragma once

#include "hub/callbacks/list/fields.hpp"
#include "hub/callbacks/requests.hpp"
#include "sync/base/timestamp.hpp"
#include "sync/text/contact_hash.hpp"
#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {

class CallbacksTest : public HubTest {
 protected:
  CallbacksTest() { enrol(); }

  struct Answer {
    int status = 0;
    Json json;
    std::string code() const { return json.value("code", ""); }
  };
  Answer ask(std::string method, const std::string& path, const Json& body = nullptr) {
    platform::HttpRequest request;
    request.method = std::move(method);
    request.path = "/admin/v1/callbacks" + path;
    if (!body.is_null()) request.body = body.dump();
    // Every second request by a hub that was started again, the others by one that followed what was written.
    if (++asked_ % 2 == 0) board_.forget();
    EXPECT_TRUE(board_.keep_up(*hub_.ledger, nullptr, at_ms_));
    const auto answer = answer_callbacks({*hub_.ledger, intake_, entropy_, board_, at_ms_}, request);
    if (!answer) return {422, Json{{"code", answer.error().code}, {"message", answer.error().message}}};
    return {answer->status, Json::parse(answer->body)};
  }
  Json list() { return ask("GET", "").json; }

  void keep(RecordOp op) {
    const OwnRow row{{std::move(op).op()}};
    ASSERT_EQ(intake_.take_own({&row, 1}, at_ms_).value().front().effect, RowEffect::created);
  }
  RecordOp made(const std::string& collection) {
    return {*hub_.ledger->schema().collection(collection), sync::OpKind::create, entropy_.id(), "acme/leeds"};
  }
  RecordOp promise_op(const std::string& name, const std::string& phone, const std::string& reason) {
    return std::move(made("callback_request")
                         .set("name", name)
                         .set("phone", phone)
                         .set("reason", reason)
                         .set("taken_at", at_ms_ - 3'600'000)
                         .set("state", std::string("open")));
  }
  void promise(const std::string& name, const std::string& phone, const std::string& reason) {
    keep(promise_op(name, phone, reason));
  }
  // As a desk keeps it.
  void refuse(const std::string& phone) {
    const std::string hash = sync::contact_hash(hub_.ledger->identity().suppression_key, "number", phone);
    keep(std::move(made("suppression")
                       .set("kind", std::string("number"))
                       .set("value_hash", hash)
                       .set("status", std::string("do_not_contact"))));
  }

  std::int64_t at_ms_ = *sync::parse_time("2027-06-09T18:30:00Z");  // 19:30 in London
  Intake intake_{*hub_.ledger, entropy_};
  CallbackBoard board_{hub_.config};
  int asked_ = 0;
};

}  // namespace holdline::hub::testing

// Who may ask what about callbacks from a workstation.
#include "hub/callbacks/desks.hpp"

#include "hub/callbacks/list/fields.hpp"
#include "hub/people/people.hpp"
#include "platform/crypto/signing.hpp"
#include "sync/session/person_question.hpp"
#include "tests/unit/hub/fixture.hpp"

namespace holdline::hub::testing {
namespace {

class CallbackDesksTest : public HubTest {
 protected:
  struct Known {
    Person person;
    platform::SigningKey key;
  };
  // Somebody with a key of their own, as a sign-in at a workstation has it.
  Known add(const std::string& name, const std::string& role, const std::vector<std::string>& scopes) {
    auto key = platform::SigningKey::generate(entropy_);
    Person person = add_person(*hub_.ledger, {name, role, scopes}, "correct horse battery", entropy_).value();
    person.public_key = text_of(key.public_key());
    EXPECT_TRUE(hub_.ledger->put_person(person));
    return {person, std::move(key)};
  }
  template <class Bytes>
  static std::string text_of(const Bytes& bytes) {
    return {bytes.begin(), bytes.end()};
  }
  void sign(const Known& who, sync::Assertion& sign_in) const {
    sign_in.signature = text_of(who.key.sign(sync::assertion_text(device_.id, sign_in)));
  }
  std::string ask(const Known& who, const std::string& what, const Json& body = Json::object()) {
    sync::PersonQuestion question{{7, who.person.id, now(), {}}, what, body.dump()};
    sign(who, question.sign_in);
    return ask_with(question);
  }
  std::string ask_with(const sync::PersonQuestion& question) {
    EXPECT_TRUE(board_.keep_up(*hub_.ledger, nullptr, now()));
    const auto answer =
        answer_desk({*hub_.ledger, intake_, entropy_, board_, now()}, device_, question, 12 * 3'600'000, &good_);
    if (!answer) return said_ = answer.error().message, answer.error().code;
    json_ = Json::parse(answer->body);
    return "";
  }
  // A zone where it is early in the afternoon now; Americans may be called on Sundays too.
  std::string afternoon() const {
    const std::int64_t east = 14 - now() / 3'600'000 % 24;
    return "Etc/GMT" + std::string(east > 0 ? "-" : "+") + std::to_string(std::abs(east));
  }
  void promise(const std::string& scope, const std::string& phone) {
    RecordOp op(*hub_.ledger->schema().collection("callback_request"), sync::OpKind::create, entropy_.id(), scope);
    op.set("name", std::string("Ada")).set("phone", phone).set("reason", std::string("delivery"));
    op.set("promise_zone", afternoon());
    const OwnRow row{{std::move(op).op()}};
    ASSERT_TRUE(intake_.take_own({&row, 1}, now()));
  }

  Device device_ = hub_.ledger->device(enrol().device).value().value();  // of acme/leeds
  Intake intake_{*hub_.ledger, entropy_};
  CallbackBoard board_{hub_.config};
  GoodSignIns good_;  // what was asked before vouches for nothing else
  Json json_;
  std::string said_;  // why the last question was refused
};

TEST_F(CallbackDesksTest, EachRoleAsksWhatItMayWithinItsScopesAndNobodyInAnothersName) {
  const Known amy = add("amy", "agent", {"acme/leeds"}), sue = add("sue", "supervisor", {"acme/leeds", "acme/york"});
  const Known ian = add("ian", "it", {"acme/leeds"});
  promise("acme/leeds", "+12125550123");
  promise("acme/york", "+12125550124");
  EXPECT_EQ(ask(amy, "list"), "role-refused");
  EXPECT_EQ(ask(ian, "mine"), "role-refused");
  EXPECT_EQ(ask(sue, "dance"), "unknown-path");
  ASSERT_EQ(ask(sue, "list"), "");
  EXPECT_EQ(json_.at("cases"), 1) << "york is hers, and not this workstation's";
  EXPECT_EQ(ask(sue, "preview", {{"scope", "acme/york"}}), "scope-refused");
  const Json of = json_.at("items").at(0).at("case");
  ASSERT_EQ(ask(sue, "hand", {{"case", of}, {"agent", "amy"}, {"by", "the boss"}, {"reason", "urgent"}}), "") << said_;
  ASSERT_EQ(ask(amy, "mine", {{"agent", "sue"}}), "") << "who says that they are somebody else is not";
  ASSERT_EQ(json_.at("claims").size(), 1u);
  EXPECT_EQ(json_.at("claims").at(0).at("promises").at(0).at("taken_by"), "");

  sync::PersonQuestion forged{{7, sue.person.id, now(), std::string(64, 'x')}, "list", "{}"};
  EXPECT_EQ(ask_with(forged), "bad-sign-in");
  forged.sign_in.at_ms = now() - 13 * 3'600'000;
  sign(sue, forged.sign_in);
  EXPECT_EQ(ask_with(forged), "sign-in-too-old");
  ASSERT_TRUE(disable_person(*hub_.ledger, "sue", now()));
  EXPECT_EQ(ask(sue, "list"), "person-disabled");
}

}  // namespace
}  // namespace holdline::hub::testing

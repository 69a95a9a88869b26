#include "agent/identity/enrollment.hpp"

#include <mutex>
#include <optional>

#include <nlohmann/json.hpp>

#include "sync/wire/enroll_code.hpp"
#include "tests/unit/agent/replica/fixture.hpp"
#include "tests/unit/platform/http/fixture.hpp"

namespace holdline::agent {
namespace {

using Json = nlohmann::json;

// A hub of the test's own making, over real TLS.
class EnrollmentTest : public testing::Test {
 protected:
  static const platform::test::Certificates& certificates() {
    static const platform::test::Certificates made;
    return made;
  }
  void serve(int status, std::string body) {
    server.emplace(platform::test::tls_endpoint(certificates().server, certificates().ca),
                   [this, status, body](platform::HttpRequest request, platform::Respond respond) {
                     {
                       const std::lock_guard lock(mutex);
                       asked.push_back(std::move(request));
                     }
                     platform::HttpResponse response;
                     response.status = status;
                     response.body = signed_for(asked.back(), body);
                     respond(std::move(response));
                   });
    code.hub = server->url("https", "");
    code.ca_fingerprint = certificates().ca.fingerprint();
  }
  // In place of the certificate: one for the key of the request.
  static std::string signed_for(const platform::HttpRequest& request, const std::string& body) {
    Json answer = Json::parse(body, nullptr, false);
    if (!answer.is_object() || answer.value("certificate", Json()) != "for this key") return body;
    const std::string csr = Json::parse(request.body).at("csr");
    answer["certificate"] = certificates().ca.sign_device(csr, id_of(0xd1).text(), platform::test::now()).value();
    return answer.dump();
  }
  static Json granted() {
    return {{"device", id_of(0xd1).text()},          {"name", "desk 7"},
            {"certificate", "for this key"},         {"ca", certificates().ca.certificate_pem()},
            {"schema", sync::default_schema_text()}, {"scopes", {"acme/leeds"}}};
  }
  Result<WorkstationIdentity> enroll(EnrollRequest request) {
    request.directory = scratch.path();
    return agent::enroll(request, entropy);
  }
  std::string enrol() { return code_of(enroll({code.text(), {}, ""})); }
  bool is_enrolled() { return must(load_identity(scratch.path())).has_value(); }

  platform::Scratch scratch;
  platform::SystemEntropy entropy;
  sync::EnrollmentCode code;
  std::mutex mutex;
  std::vector<platform::HttpRequest> asked;
  std::optional<platform::test::ServerThread> server;
};

TEST_F(EnrollmentTest, AGoodCodeGivesTheWorkstationAnIdentityThatIsKept) {
  serve(201, granted().dump());
  ASSERT_EQ(enrol(), "ok");
  const auto own = must(load_identity(scratch.path())).value();
  EXPECT_EQ(own.device, id_of(0xd1));
  EXPECT_EQ(own.hub, code.hub);
  EXPECT_EQ(own.scopes, std::vector<std::string>{"acme/leeds"});
  EXPECT_TRUE(platform::check_identity(own.certificate));
  EXPECT_FALSE(std::filesystem::exists(scratch / "enrolling.json"));
  EXPECT_EQ(own.ca_pem, certificates().ca.certificate_pem());
  EXPECT_EQ(FileLibrary(scratch / "library").load(own.schema), std::string(sync::default_schema_text()));
}

TEST_F(EnrollmentTest, ThePrivateKeyStaysHere) {
  serve(201, granted().dump());
  ASSERT_EQ(enrol(), "ok");
  ASSERT_EQ(asked.size(), 1u);
  const Json body = Json::parse(asked[0].body);
  EXPECT_EQ(body.at("code"), code.text());
  EXPECT_NE(body.at("csr").get<std::string>().find("CERTIFICATE REQUEST"), std::string::npos);
  EXPECT_EQ(asked[0].body.find("PRIVATE KEY"), std::string::npos);
  EXPECT_NE(platform::contents(scratch / "device.pem").find("PRIVATE KEY"), std::string::npos);
}

TEST_F(EnrollmentTest, AHubOfAnotherAuthorityIsToldNothing) {
  serve(201, granted().dump());
  code.ca_fingerprint = sync::sha256("another authority");
  EXPECT_EQ(enrol(), "tls-untrusted");
  EXPECT_TRUE(asked.empty());
  EXPECT_FALSE(is_enrolled());
}

TEST_F(EnrollmentTest, ARefusalIsPassedOnAndNothingIsKept) {
  serve(422, sync::encode_json(Error{ErrorKind::ask_person, "code-used", "The code was used before."}));
  EXPECT_EQ(enrol(), "code-used");
  EXPECT_FALSE(is_enrolled());
}

TEST_F(EnrollmentTest, AnAnswerWithoutWhatIsNeededIsNoEnrolment) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{{"device", "no id"},
                                                                             {"device", 5},
                                                                             {"certificate", nullptr},
                                                                             {"scopes", Json::array()},
                                                                             {"scopes", "acme"},
                                                                             {"schema", 1}}) {
    Json answer = granted();
    answer[name] = value;
    serve(201, answer.dump());
    EXPECT_EQ(enrol(), "malformed-answer") << answer[name];
    EXPECT_FALSE(is_enrolled());
  }
  serve(201, "no json");
  EXPECT_EQ(enrol(), "malformed-answer");
}

TEST_F(EnrollmentTest, ASchemaThatCannotBeReadIsNoEnrolment) {
  Json answer = granted();
  answer["schema"] = "version = \"one\"";
  serve(201, answer.dump());
  EXPECT_NE(enrol(), "ok");
  EXPECT_FALSE(is_enrolled());
}

TEST_F(EnrollmentTest, AHubThatIsNotThereIsTriedLaterWithTheSameCode) {
  serve(201, granted().dump());
  server.reset();
  const auto tried = enroll({code.text(), {}, ""});
  ASSERT_FALSE(tried);
  EXPECT_EQ(tried.error().kind, ErrorKind::retry_later);
}

TEST_F(EnrollmentTest, AnAnswerThatWasLostIsAskedForAgainWithTheSameKey) {
  serve(201, "cut off");
  EXPECT_EQ(enrol(), "malformed-answer");
  serve(201, granted().dump());
  EXPECT_EQ(enrol(), "ok");
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(Json::parse(asked[0].body).at("csr"), Json::parse(asked[1].body).at("csr"));
}

TEST_F(EnrollmentTest, AComputerThatWasSomebodyIsNobodyElse) {
  serve(201, granted().dump());
  EXPECT_EQ(code_of(enroll({code.text(), {}, "", id_of(0xd2)})), "malformed-answer");
  EXPECT_FALSE(is_enrolled());
  EXPECT_EQ(code_of(enroll({code.text(), {}, "", id_of(0xd1)})), "ok");
}

TEST_F(EnrollmentTest, AMistypedCodeAsksNobody) {
  serve(201, granted().dump());
  std::string mistyped = code.text();
  mistyped.back() = mistyped.back() == '0' ? '1' : '0';
  EXPECT_EQ(code_of(enroll({mistyped, {}, ""})), "malformed-code");
  EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace holdline::agent

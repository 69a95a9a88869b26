#include "agent/runbook/answers.hpp"

#include <gtest/gtest.h>

#include "sync/base/syntax.hpp"

namespace holdline::agent {
namespace {

TEST(KeptOutput, IsBoundedReadableAndHoldsNoCardNumber) {
  EXPECT_EQ(kept_output("line\nnext\x01\x1b[31m"), "line\nnext[31m");
  EXPECT_LE(kept_output(std::string(10'000, 'x')).size(), kept_output_bytes);
  EXPECT_EQ(kept_output("paid by 4111 1111 1111 1111 today"), "paid by #### #### #### #### today");
  std::string umlauts;
  while (umlauts.size() < 5'000) umlauts += "ü";
  for (const std::string& bytes : {umlauts, "x" + umlauts, std::string("a\xff\xfe z\xc3")})
    EXPECT_TRUE(sync::is_utf8(kept_output(bytes)));
}

// What Kamailio 5.6 answers.
TEST(JsonRpc, CountsWhatItDidAndNothingElse) {
  EXPECT_TRUE(read_rpc(R"({"jsonrpc":"2.0","result":"Ok. Key set to new value.","id":1})").good);
  EXPECT_FALSE(read_rpc(R"({"jsonrpc":"2.0","error":{"code":500,"message":"Method Not Found"},"id":1})").good);
  EXPECT_FALSE(read_rpc(R"({"jsonrpc":"2.0","id":1})").good);
  EXPECT_FALSE(read_rpc("<html>").good);
  EXPECT_FALSE(read_rpc(std::string(50'000, '[')).good);
}

TEST(JsonRpc, ACheckSaysSwitchedForgottenOrNothing) {
  contingency::ReadBack check;
  check.at = "/item/value";
  check.expects = "notice";
  const auto answer = [](const std::string& value) {
    return R"({"jsonrpc":"2.0","result":{"item":{"name":"notice","value":)" + value + "}},\"id\":1}";
  };
  EXPECT_EQ(holds(check, 200, answer("\"notice\"")), true);
  EXPECT_EQ(holds(check, 200, answer("\"redirect\"")), false);
  EXPECT_EQ(holds(check, 500, R"({"jsonrpc":"2.0","error":{"code":500,"message":"Key name doesn't exist"}})"), false);
  EXPECT_EQ(holds(check, 502, "<html>bad gateway</html>"), std::nullopt) << "who does not answer has not forgotten";
  contingency::ReadBack absent = check;
  absent.expects.clear();
  EXPECT_EQ(holds(absent, 404, R"({"jsonrpc":"2.0","error":{"code":404,"message":"Key not found"}})"), true);
  EXPECT_EQ(holds(absent, 200, answer("\"notice\"")), false) << "it is still there";
  check.expects = "3";
  EXPECT_EQ(holds(check, 200, answer("3")), true) << "a number as it is written";
}

TEST(Addresses, OnlyThisComputerIsAskedWithoutTls) {
  for (const char* good :
       {"https://pbx.example/RPC", "http://127.0.0.1:5060/RPC", "http://localhost/", "http://[::1]:80/"})
    EXPECT_TRUE(is_protected(good)) << good;
  for (const char* bad :
       {"http://pbx.example/RPC", "http://127.0.0.1.example/", "http://127.0.0.1@pbx.example/", "ftp://localhost/"})
    EXPECT_FALSE(is_protected(bad)) << bad;
}

}  // namespace
}  // namespace holdline::agent

// The tables of the SQLite ledger: numbered migrations for what every ledger has, and the tables that follow from its
// schema.
// Internal to hub/ledger/sqlite.
#pragma once

#include <span>
#include <string>

#include "platform/database/database.hpp"
#include "sync/schema/schema.hpp"

namespace holdline::hub::sqlite {

std::span<const platform::Migration> ledger_migrations();

// Name of the table that holds the rows of a collection; safe to put into SQL, because names of collections are.
std::string table_of(const sync::Collection& collection);

// Makes what is missing of the tables of this schema; what is there stays. Inside a transaction of the caller.
Result<void> make_collection_tables(platform::Database& db, const sync::Schema& schema);

}  // namespace holdline::hub::sqlite

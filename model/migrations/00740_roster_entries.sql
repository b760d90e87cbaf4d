-- +goose Up
CREATE TABLE roster_entries (
    id BINARY(16) NOT NULL PRIMARY KEY,
    kind VARCHAR(16) NOT NULL,
    branch_id BINARY(16),
    estate_id BINARY(16),
    building_id BINARY(16),
    stairwell VARCHAR(16) NOT NULL,
    room VARCHAR(16) NOT NULL,
    name_sealed VARBINARY(255) NOT NULL,
    phone_sealed VARBINARY(255) NOT NULL,
    phone_hash BINARY(32),
    relation VARCHAR(16) NOT NULL,
    member BLOB NOT NULL,
    live_key BINARY(32),
    content BINARY(32) NOT NULL,
    batch_id BINARY(16),
    seen_batch_id BINARY(16),
    valid_from CHAR(10) NOT NULL,
    valid_to CHAR(10),
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

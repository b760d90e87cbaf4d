-- +goose Up
CREATE TABLE slips (
    number CHAR(9) NOT NULL PRIMARY KEY,
    book_id BINARY(16) NOT NULL,
    branch_id BINARY(16) NOT NULL,
    code_hash BINARY(32) NOT NULL,
    opening_id BINARY(16),
    request_id BINARY(16),
    entered_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

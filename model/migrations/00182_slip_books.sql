-- +goose Up
CREATE TABLE slip_books (
    id BINARY(16) NOT NULL PRIMARY KEY,
    branch_id BINARY(16) NOT NULL,
    first_slip BIGINT NOT NULL,
    last_slip BIGINT NOT NULL,
    printed_by BINARY(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    CONSTRAINT slip_books_once UNIQUE (first_slip)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

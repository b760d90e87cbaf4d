-- +goose Up
CREATE TABLE request_promises (
    id BINARY(16) NOT NULL PRIMARY KEY,
    request_id BINARY(16) NOT NULL,
    branch_id BINARY(16) NOT NULL,
    seq INT NOT NULL,
    due_on CHAR(10) NOT NULL,
    moved INT NOT NULL,
    status VARCHAR(16) NOT NULL,
    made_by BINARY(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

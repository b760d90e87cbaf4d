-- +goose Up
CREATE TABLE media_checks (
    trace_id VARCHAR(64) NOT NULL PRIMARY KEY,
    upload_id BINARY(16),
    suggest VARCHAR(16) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

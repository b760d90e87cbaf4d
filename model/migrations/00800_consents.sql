-- +goose Up
CREATE TABLE consents (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    purpose VARCHAR(32) NOT NULL,
    version INT NOT NULL,
    given BOOLEAN NOT NULL,
    channel VARCHAR(16) NOT NULL,
    at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

-- +goose Up
CREATE TABLE desk_logins (
    id BINARY(16) NOT NULL PRIMARY KEY,
    secret_hash BINARY(32) NOT NULL,
    browser VARCHAR(64) NOT NULL,
    address VARCHAR(64) NOT NULL,
    status VARCHAR(16) NOT NULL,
    user_id BINARY(16),
    session_id BINARY(16),
    created_at DATETIME/*!(3)*/ NOT NULL,
    expires_at DATETIME/*!(3)*/ NOT NULL,
    decided_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

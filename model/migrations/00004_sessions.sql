-- +goose Up
CREATE TABLE sessions (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    token_hash BINARY(32) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    last_seen_at DATETIME/*!(3)*/ NOT NULL,
    expires_at DATETIME/*!(3)*/ NOT NULL,
    revoked_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

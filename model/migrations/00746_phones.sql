-- +goose Up
CREATE TABLE phones (
    phone_hash BINARY(32) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    sealed VARBINARY(255) NOT NULL,
    verified_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

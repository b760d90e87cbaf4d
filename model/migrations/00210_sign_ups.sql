-- +goose Up
CREATE TABLE sign_ups (
    id BINARY(16) NOT NULL PRIMARY KEY,
    activity_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    state VARCHAR(16) NOT NULL,
    places INT NOT NULL,
    waiting_number INT NOT NULL,
    offered_until DATETIME/*!(3)*/,
    details MEDIUMBLOB NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    CHECK (places >= 1)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

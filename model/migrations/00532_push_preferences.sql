-- +goose Up
CREATE TABLE push_preferences (
    user_id BINARY(16) NOT NULL PRIMARY KEY,
    news BOOLEAN NOT NULL,
    notices BOOLEAN NOT NULL,
    updated_at DATETIME/*!(3)*/ NOT NULL,
    version INT NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

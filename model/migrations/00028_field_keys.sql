-- +goose Up
CREATE TABLE field_keys (
    mark INT NOT NULL PRIMARY KEY,
    proof BINARY(32) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

-- +goose Up
CREATE TABLE request_clocks (
    id BINARY(16) NOT NULL PRIMARY KEY,
    request_id BINARY(16) NOT NULL,
    name VARCHAR(16) NOT NULL,
    started_at DATETIME/*!(3)*/ NOT NULL,
    due_at DATETIME/*!(3)*/ NOT NULL,
    met_at DATETIME/*!(3)*/,
    stopped_at DATETIME/*!(3)*/
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

-- +goose Up
CREATE TABLE residences (
    id BINARY(16) NOT NULL PRIMARY KEY,
    user_id BINARY(16) NOT NULL,
    estate_id BINARY(16) NOT NULL,
    building_id BINARY(16) NOT NULL,
    stairwell VARCHAR(16) NOT NULL,
    room VARCHAR(16) NOT NULL,
    relation VARCHAR(16) NOT NULL,
    status VARCHAR(16) NOT NULL,
    created_at DATETIME/*!(3)*/ NOT NULL
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

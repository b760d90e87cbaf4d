-- +goose Up
CREATE TABLE points_hold_lots (
    hold_id BINARY(16) NOT NULL,
    lot_id BINARY(16) NOT NULL,
    points BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    PRIMARY KEY (hold_id, lot_id),
    CHECK (returned >= 0 AND returned <= points)
) /*! ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin */;

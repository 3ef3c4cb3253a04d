//! Values as PostgreSQL sends and takes them.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use crate::db::Value;

type Failure = Box<dyn Error + Sync + Send>;

impl ToSql for Value<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match (*self, kind.clone()) {
            (Self::Null, _) => Ok(IsNull::Yes),
            // As SQLite stores them.
            (Self::Real(number), _) if number.is_nan() => Ok(IsNull::Yes),
            (Self::Real(0.0), Type::FLOAT8) => 0.0.to_sql(kind, out),
            (Self::Integer(number), Type::BOOL) => (number != 0).to_sql(kind, out),
            (Self::Integer(number), Type::INT2) => i16::try_from(number)?.to_sql(kind, out),
            (Self::Integer(number), Type::INT4) => i32::try_from(number)?.to_sql(kind, out),
            (Self::Integer(number), Type::INT8) => number.to_sql(kind, out),
            (Self::Integer(number), Type::FLOAT8) => (number as f64).to_sql(kind, out),
            (Self::Real(number), Type::FLOAT8) => number.to_sql(kind, out),
            (Self::Text(text), Type::TEXT | Type::VARCHAR | Type::UNKNOWN) => {
                text.to_sql(kind, out)
            }
            (value, kind) => Err(format!("{value:?} cannot be a parameter of type {kind}").into()),
        }
    }

    accepts!(BOOL, INT2, INT4, INT8, FLOAT8, TEXT, VARCHAR, UNKNOWN);
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value<'a> {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Failure> {
        Ok(match *kind {
            Type::BOOL => Self::Integer(bool::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Integer(i16::from_sql(kind, raw)?.into()),
            Type::INT4 => Self::Integer(i32::from_sql(kind, raw)?.into()),
            Type::INT8 => Self::Integer(i64::from_sql(kind, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(kind, raw)?),
            _ => Self::Text(<&str>::from_sql(kind, raw)?),
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Failure> {
        Ok(Self::Null)
    }

    accepts!(BOOL, INT2, INT4, INT8, FLOAT4, FLOAT8, TEXT, VARCHAR, NAME);
}

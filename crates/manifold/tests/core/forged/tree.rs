//! What serde writes, as a tree, and the bytes that postcard makes of it.

use serde::ser::{Error as _, Impossible, Serialize, Serializer};

type Error = serde::de::value::Error;

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Flag(bool),
    Whole(u64),
    Single(f32),
    Double(f64),
    Nothing,
    Something(Box<Node>),
    /// A sequence with the length that it claims.
    Row(u64, Vec<Node>),
    /// Fields by name, or by number.
    Parts(Vec<(String, Node)>),
    Variant(u32, Box<Node>),
}

/// The tree of a value.
pub fn tree(value: &impl Serialize) -> Node {
    value.serialize(Walk).unwrap()
}

impl Node {
    /// As postcard writes it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, to: &mut Vec<u8>) {
        match self {
            Node::Flag(flag) => to.push((*flag).into()),
            Node::Whole(value) => varint(*value, to),
            Node::Single(value) => to.extend(value.to_le_bytes()),
            Node::Double(value) => to.extend(value.to_le_bytes()),
            Node::Nothing => to.push(0),
            Node::Something(value) => {
                to.push(1);
                value.write(to);
            }
            Node::Row(length, values) => {
                varint(*length, to);
                values.iter().for_each(|value| value.write(to));
            }
            Node::Parts(parts) => parts.iter().for_each(|(_, part)| part.write(to)),
            Node::Variant(index, value) => {
                varint((*index).into(), to);
                value.write(to);
            }
        }
    }
}

fn varint(mut value: u64, to: &mut Vec<u8>) {
    while value >= 0x80 {
        to.push(value as u8 | 0x80);
        value >>= 7;
    }
    to.push(value as u8);
}

struct Walk;

/// Elements of a sequence, or fields.
struct Several {
    variant: Option<u32>,
    counted: bool,
    parts: Vec<(String, Node)>,
}

impl Several {
    fn new(counted: bool, variant: Option<u32>) -> Result<Several, Error> {
        Ok(Several { variant, counted, parts: Vec::new() })
    }

    fn take(&mut self, name: String, value: &(impl Serialize + ?Sized)) -> Result<(), Error> {
        self.parts.push((name, value.serialize(Walk)?));
        Ok(())
    }

    fn finish(self) -> Result<Node, Error> {
        let node = if self.counted {
            let values: Vec<Node> = self.parts.into_iter().map(|(_, value)| value).collect();
            Node::Row(values.len() as u64, values)
        } else {
            Node::Parts(self.parts)
        };
        Ok(match self.variant {
            Some(index) => Node::Variant(index, Box::new(node)),
            None => node,
        })
    }
}

macro_rules! elements {
    ($($of:ident::$take:ident),+) => {
        $(impl serde::ser::$of for Several {
            type Ok = Node;
            type Error = Error;

            fn $take<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.take(self.parts.len().to_string(), value)
            }

            fn end(self) -> Result<Node, Error> {
                self.finish()
            }
        })+
    };
}

elements!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field
);

macro_rules! fields {
    ($($of:ident),+) => {
        $(impl serde::ser::$of for Several {
            type Ok = Node;
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.take(name.to_owned(), value)
            }

            fn end(self) -> Result<Node, Error> {
                self.finish()
            }
        })+
    };
}

fields!(SerializeStruct, SerializeStructVariant);

macro_rules! unknown {
    ($($method:ident($type:ty)),+) => {
        $(fn $method(self, _: $type) -> Result<Node, Error> {
            Err(Error::custom(concat!("no model holds what ", stringify!($method), " writes")))
        })+
    };
}

impl Serializer for Walk {
    type Ok = Node;
    type Error = Error;
    type SerializeSeq = Several;
    type SerializeTuple = Several;
    type SerializeTupleStruct = Several;
    type SerializeTupleVariant = Impossible<Node, Error>;
    type SerializeMap = Impossible<Node, Error>;
    type SerializeStruct = Several;
    type SerializeStructVariant = Several;

    unknown!(
        serialize_i8(i8),
        serialize_i16(i16),
        serialize_i32(i32),
        serialize_i64(i64),
        serialize_u8(u8),
        serialize_u16(u16),
        serialize_char(char),
        serialize_str(&str),
        serialize_bytes(&[u8]),
        serialize_unit_struct(&'static str)
    );

    fn serialize_bool(self, value: bool) -> Result<Node, Error> {
        Ok(Node::Flag(value))
    }

    fn serialize_u32(self, value: u32) -> Result<Node, Error> {
        Ok(Node::Whole(value.into()))
    }

    fn serialize_u64(self, value: u64) -> Result<Node, Error> {
        Ok(Node::Whole(value))
    }

    fn serialize_f32(self, value: f32) -> Result<Node, Error> {
        Ok(Node::Single(value))
    }

    fn serialize_f64(self, value: f64) -> Result<Node, Error> {
        Ok(Node::Double(value))
    }

    fn serialize_none(self) -> Result<Node, Error> {
        Ok(Node::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, Error> {
        Ok(Node::Something(Box::new(value.serialize(Walk)?)))
    }

    fn serialize_unit(self) -> Result<Node, Error> {
        Ok(Node::Parts(Vec::new()))
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Result<Node, Error> {
        Several::new(false, Some(index))?.finish()
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Node, Error> {
        value.serialize(Walk)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        name: &'static str,
        value: &T,
    ) -> Result<Node, Error> {
        let mut parts = Several::new(false, Some(index))?;
        parts.take(name.to_owned(), value)?;
        parts.finish()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Several, Error> {
        Several::new(true, None)
    }

    fn serialize_tuple(self, _: usize) -> Result<Several, Error> {
        Several::new(false, None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Several, Error> {
        Several::new(false, None)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Impossible<Node, Error>, Error> {
        Err(Error::custom("no model holds a variant with several unnamed fields"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Impossible<Node, Error>, Error> {
        Err(Error::custom("no model holds a map"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Several, Error> {
        Several::new(false, None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Several, Error> {
        Several::new(false, Some(index))
    }
}
